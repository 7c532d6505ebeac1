import { expect, test } from 'vitest';
import { cookie, cookieOf } from './cookie.ts';

test.each([
  ['roomcast=abc', 'abc'],
  ['a=1; roomcast=abc; b=2', 'abc'],
  ['roomcast=plain; __Host-roomcast=secure', 'secure'],
  ['__Host-roomcast=secure; roomcast=plain', 'secure'],
  ['xroomcast=abc; roomcast2=d', undefined],
  ['roomcast', undefined],
  ['', undefined],
  [';;;=;', undefined],
])('of “%s” the owner’s cookie is %s', (header, value) => {
  expect(cookieOf(header)).toBe(value);
});

test('over TLS the cookie is one that nobody else can set', () => {
  expect(cookie('v', { secure: true })).toMatch(
    /^__Host-roomcast=v; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test('over plain HTTP it has a plain name, because browsers drop secure cookies there', () => {
  expect(cookie('v', { secure: false })).toMatch(/^roomcast=v; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
});
