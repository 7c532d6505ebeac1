import { expect, test } from 'vitest';
import { initName, listName, parseName, partName, segmentName } from './names.ts';
import { newNumber, numberOf, tokenCookie, tokenOf, tokenWith } from './token.ts';

test.each([
  [listName('main'), { kind: 'list', rendition: 'main' }],
  [initName('v1', 2), { kind: 'init', rendition: 'v1', number: 2 }],
  [segmentName('a12', 345, 'm4s'), { kind: 'segment', rendition: 'a12', sequence: 345 }],
  [partName('main', 345, 6), { kind: 'part', rendition: 'main', sequence: 345, part: 6 }],
])('%s is %o', (name, file) => {
  expect(parseName(name, 'm4s')).toEqual(file);
});

test.each([
  'main-01.m4s',
  'main-1.ts',
  'main-1',
  'x1.m3u8',
  'main-1.0.ts',
  '../main.m3u8',
  `main-${'9'.repeat(16)}.m4s`,
  '',
])('“%s” is no name', (name) => {
  expect(parseName(name, 'm4s')).toBeUndefined();
});

test('a token is found among other cookies, and no other value is one', () => {
  const number = newNumber();
  const token = tokenWith(number, 'ab'.repeat(32));
  expect([numberOf(token), token]).toEqual([number, number + 'ab'.repeat(16)]);
  const [pair] = tokenCookie(token, { path: 'live/a', secure: true }).split(';');
  expect(tokenOf(`a=b; ${pair}; c=d`)).toBe(token);
  expect(tokenOf(undefined)).toBeUndefined();
  expect(tokenOf(pair!.slice(0, -1))).toBeUndefined();
  expect(tokenOf(pair!.replace(/=./, '=G'))).toBeUndefined();
});

test('a cookie is for one stream, not for scripts, and over TLS only where it was had so', () => {
  expect(tokenCookie('t', { path: 'live/a', secure: false })).toBe(
    'roomcast-viewer=t; Path=/live/a; HttpOnly; SameSite=Lax',
  );
  expect(tokenCookie('t', { path: 'live/a', secure: true })).toMatch(/; Secure$/);
});
