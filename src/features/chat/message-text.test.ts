import { expect, test } from 'vitest';
import { toRoomcastError } from '../../errors.ts';
import { readMessageText } from './message-text.ts';

test.each([
  ['hello', 'hello'],
  ['  two  words ', 'two  words'],
  ['你好，世界', '你好，世界'],
  ['a\nb\r\n\tc', 'a b c'],
  ['e\u0301', 'é'],
  ['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'],
  ['<b>&amp;</b>', '<b>&amp;</b>'],
  ['a\u202eb\u2066c', 'abc'],
  ['a\u200bb\ufeffc\u2060', 'abc'],
  ['a\0b\x1bc\x07', 'abc'],
  ['\ud83d broken', '\ufffd broken'],
  [`z${'\u0321'.repeat(50)}`, `z${'\u0321'.repeat(4)}`],
  ['/mean', '/mean'],
  ['שלום', 'שלום'],
])('“%s” is said as “%s”', (typed, text) => {
  expect(readMessageText(typed, 500)).toEqual({ kind: 'say', text });
});

test('what begins with /me is about its author', () => {
  expect(readMessageText('/me waves', 500)).toEqual({ kind: 'me', text: 'waves' });
});

test.each(['', '   ', '\n', '\u200b', '\u202e', '/me ', '/me  ', '\u0301'])('“%s” is nothing', (typed) => {
  expect(() => readMessageText(typed, 500)).toThrow(/nothing in this message/);
});

test('a message has so many characters as people count them', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(readMessageText(family.repeat(5), 5).text).toBe(family.repeat(5));
  for (const [typed, most] of [
    [family.repeat(6), 5],
    ['x'.repeat(501), 500],
    ['x'.repeat(100_000), 500],
  ] as const) {
    let code: string | undefined;
    try {
      readMessageText(typed, most);
    } catch (error) {
      ({ code } = toRoomcastError(error));
    }
    expect(code).toBe('too-large');
  }
});
