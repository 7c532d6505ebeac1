import { expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/client/index.ts';
import { commentOf, lineOf } from './comment.ts';

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
  ['was changed, and has flown before', { rev: '02', edited: '2030-01-01T00:00:09Z' }],
  ['somebody has reacted to', { rev: '02', reactions: { '👍': 1 } }],
  ['has no text', { text: ' \n ' }],
] as const)('one that %s does not', (_what, change) => {
  expect(commentOf({ ...message, ...change } as ChatMessage, undefined)).toBeUndefined();
});

test('one that was held back flies when it is let through', () => {
  expect(commentOf({ ...message, rev: '02' }, undefined)).toMatchObject({ id: '01' });
});

test('a text is one line, and cut between letters', () => {
  expect(lineOf(' a\n\tb  c ')).toBe('a b c');
  expect(lineOf('🎉'.repeat(150))).toBe(`${'🎉'.repeat(99)}…`);
});
