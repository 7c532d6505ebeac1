import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/client/index.ts';
import { commentOf, isNew, lineOf } from './comment.ts';

const message: ChatMessage = {
  ...{ id: '01', rev: '01', kind: 'say', user: { id: 'u', name: 'Ada', role: 'viewer' }, text: 'Hello' },
  ...{ at: '2030-01-01T00:00:00Z', danmaku: { mode: 'top', color: 'red' } },
};

test('a message flies if it was meant to, and knows whose it is', () => {
  expect(commentOf(message, 'u')).toEqual({ id: '01', text: 'Hello', mode: 'top', color: 'red', own: true });
  expect(commentOf(message, undefined)).toMatchObject({ own: false });
});

test.each([
  ['was only said', { danmaku: undefined }],
  ['was deleted', { deleted: true }],
  ['is held back', { held: true }],
  ['has no text', { text: ' \n ' }],
] as const)('one that %s does not', (_what, change) => {
  expect(commentOf({ ...message, ...change } as ChatMessage, undefined)).toBeUndefined();
});

test('one is new when it is said or let through, and not when something is changed of it', () => {
  const changes = [
    {},
    { rev: '02', released: true },
    { rev: '02' },
    { rev: '03', edited: '2030-01-01T00:00:09Z' },
  ] as const;
  expect(changes.map((change) => isNew({ ...message, ...change }))).toEqual([true, true, false, false]);
});

test('a text is one line, and cut between letters', () => {
  expect(lineOf(' a\n\tb  c ')).toBe('a b c');
  expect(lineOf('🎉'.repeat(150))).toBe(`${'🎉'.repeat(99)}…`);
});
