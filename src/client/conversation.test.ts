import { expect, test } from 'vitest';
import { Conversation } from './conversation.ts';
import type { ChatMessage } from './messages.ts';

function message(id: string, rev = id, more: Partial<ChatMessage> = {}): ChatMessage {
  const user = { id: 'u', name: 'Ann', role: 'viewer' as const };
  return { id, rev, kind: 'say', user, text: id, at: '2026-01-01T00:00:00.000Z', ...more };
}

const ids = ({ messages }: Conversation): string => messages.map(({ id }) => id).join('');

test('messages stand in the order in which they were said, each once', () => {
  const talk = new Conversation();
  talk.add([message('c'), message('a')]);
  const { fresh } = talk.add([message('b'), message('c'), message('d')]);
  expect(ids(talk)).toBe('abcd');
  expect(fresh.map(({ id }) => id)).toEqual(['b', 'd']);
});

test('a change takes the place of what was, and an older state does not come back', () => {
  const talk = new Conversation();
  talk.add([message('a'), message('b')]);
  expect(talk.add([message('a', 'e', { text: '', deleted: true })]).changed).toHaveLength(1);
  expect(talk.add([message('a', 'd')]).changed).toHaveLength(0);
  expect(talk.find('a')).toMatchObject({ deleted: true });
  expect(ids(talk)).toBe('ab');
});

test('a change of what is older than all that is kept makes no hole', () => {
  const talk = new Conversation();
  talk.add([message('m'), message('n')]);
  talk.add([message('c', 'p')]);
  expect(ids(talk)).toBe('mn');
  talk.addOlder([message('k'), message('l')]);
  expect(ids(talk)).toBe('klmn');
  expect(talk.complete).toBe(false);
  talk.addOlder([]);
  expect(talk.complete).toBe(true);
  talk.add([message('c', 'q')]);
  expect(ids(talk)).toBe('cklmn');
});

test('what is kept is bounded, and twice as much while somebody reads further up', () => {
  const talk = new Conversation({ most: 3 });
  talk.addOlder([]);
  talk.add(
    [...'abcd'].map((id) => message(id)),
    { reading: true },
  );
  expect(ids(talk)).toBe('abcd');
  expect(talk.complete).toBe(true);
  talk.add([message('e')]);
  expect(ids(talk)).toBe('cde');
  expect(talk.complete).toBe(false);
});

test('after a gap the conversation begins with what was said last, and keeps what came since', () => {
  const talk = new Conversation();
  talk.add([...'abc'].map((id) => message(id)));
  talk.add([message('z')]);
  talk.restart([message('y'), message('x')]);
  expect(ids(talk)).toBe('xyz');
  talk.restart([]);
  expect(ids(talk)).toBe('xyz');
  talk.clear();
  expect(talk.oldest).toBeUndefined();
});
