import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/client/index.ts';
import { StepQueue } from './step-queue.ts';

function message(id: string, mediaTime?: number, more: Partial<ChatMessage> = {}): ChatMessage {
  const user = { id: 'u', name: 'Ann', role: 'viewer' as const };
  const moment = mediaTime === undefined ? {} : { mediaTime, broadcast: 'b' };
  return { id, rev: id, kind: 'say', user, text: id, at: '2026-01-01T00:00:00.000Z', ...moment, ...more };
}

const at = (mediaTime: number, broadcast = 'b'): { broadcast: string; mediaTime: number } => ({ broadcast, mediaTime });
const ids = (messages: ChatMessage[]): string => messages.map(({ id }) => id).join('');

test('a message waits until the picture is where it was when it was written', () => {
  const queue = new StepQueue();
  expect(queue.take(message('a', 10), at(4), 0)).toBe(true);
  expect(queue.take(message('b', 12), at(4), 0)).toBe(true);
  expect(ids(queue.due(at(9.9), 100))).toBe('');
  expect(ids(queue.due(at(10), 200))).toBe('a');
  expect(ids(queue.due(at(12.5), 300))).toBe('b');
  expect(queue.size).toBe(0);
});

test('what has no moment, is of another broadcast, or was seen already does not wait', () => {
  const queue = new StepQueue();
  expect(queue.take(message('a'), at(4), 0)).toBe(false);
  expect(queue.take(message('a', 10), at(4, 'other'), 0)).toBe(false);
  expect(queue.take(message('a', 3), at(4), 0)).toBe(false);
  expect(queue.take(message('a', 3), undefined, 0)).toBe(false);
});

test('without a picture, and after half a minute of one that stands still, messages are shown', () => {
  const queue = new StepQueue();
  queue.take(message('a', 10), at(4), 0);
  expect(ids(queue.due(at(4), 29_999))).toBe('');
  expect(ids(queue.due(at(4), 30_000))).toBe('a');
  queue.take(message('b', 10), at(4), 0);
  expect(ids(queue.due(undefined, 1))).toBe('b');
});

test('what waits is bounded: the oldest is shown when there is more', () => {
  const queue = new StepQueue();
  for (let count = 0; count < 501; count++) queue.take(message(String(count), 10), at(4), 0);
  expect(ids(queue.due(at(4), 1))).toBe('0');
  expect(queue.size).toBe(500);
});

test('a message that changes while it waits is shown as it is then, and one that was taken away is not', () => {
  const queue = new StepQueue();
  queue.take(message('a', 10), at(4), 0);
  queue.take(message('b', 10), at(4), 0);
  expect(queue.change(message('a', 10, { rev: 'c', text: 'new' }))).toBe(true);
  expect(queue.change(message('b', undefined, { rev: 'd', deleted: true }))).toBe(true);
  expect(queue.change(message('x', 10))).toBe(false);
  expect(queue.due(at(11), 1).map(({ text }) => text)).toEqual(['new']);
});
