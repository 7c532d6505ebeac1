import { expect, test } from 'vitest';
import { foundPieces } from './found-pieces.ts';

test.each([
  ['Hello, hello', 'HELLO', '[Hello], [hello]'],
  ['今天天气很好', '天气', '今天[天气]很好'],
  ['aaaa', 'aa', '[aa][aa]'],
  ['a (b) c', '(b)', 'a [(b)] c'],
  ['nothing of it', 'xyz', 'nothing of it'],
  ['all', '', 'all'],
  ['İstanbul', 'stan', 'İstanbul'],
])('in %j what is like %j is found: %j', (text, wanted, marked) => {
  const pieces = foundPieces(text, wanted);
  expect(pieces.map(({ text: piece, found }) => (found ? `[${piece}]` : piece)).join('')).toBe(marked);
});
