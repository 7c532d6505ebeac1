import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { readToken, signToken } from './signed-token.ts';

const mac = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest();
const payload = { name: 'Ann', until: 17, nested: { list: [1, 'ü'] } };
const token = signToken('rx_', payload, mac('ours'));

test('a signed token says what was put into it, in letters that go anywhere', () => {
  expect(token).toMatch(/^rx_[\w-]+\.[\w-]{43}$/);
  expect(readToken('rx_', token, mac('ours'))).toEqual(payload);
});

test('a token that was changed anywhere says nothing', () => {
  for (let at = 0; at < token.length; at++) {
    for (const other of ['A', 'B', '.', '=', '\n', 'é']) {
      if (token[at] === other) continue;
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      expect(readToken('rx_', changed, mac('ours')), `${other} at ${at}`).toBeUndefined();
    }
  }
});

test.each([
  ['one of another key', signToken('rx_', payload, mac('theirs'))],
  ['one of another kind', signToken('ry_', payload, mac('ours'))],
  ['one without a signature', token.split('.')[0]!],
  ['one with an empty signature', `${token.split('.')[0]}.`],
  ['one with more behind it', `${token}.x`],
  ['one with padding', `${token}=`],
  ['an unsigned one of another format', 'rx_eyJhbGciOiJub25lIn0.eyJuYW1lIjoiQW5uIn0.'],
  ['nothing', ''],
  ['a huge one', `rx_${'A'.repeat(1_000_000)}.${'A'.repeat(43)}`],
])('%s says nothing', (_name, wrong) => {
  expect(readToken('rx_', wrong, mac('ours'))).toBeUndefined();
});
