import { expect, test } from 'vitest';
import { isNick, matchesMask, nickOf } from './nick.ts';

test.each([
  ['Ada', 'Ada'],
  ['Ada Lovelace', 'Ada_Lovelace'],
  ['a!b@c,d*e?f:g', 'a_b_c_d_e_f_g'],
  ['#ada', '_ada'],
  ['阿达', '阿达'],
  ['', '_'],
])('the name %j has the nick %s', (name, nick) => {
  expect(nickOf(name)).toBe(nick);
  expect(isNick(nick)).toBe(true);
});

test.each(['', 'a b', '#a', 'a!', '@a', 'a\x02'])('%j is no nick', (text) => {
  expect(isNick(text)).toBe(false);
});

test.each([
  ['*', 'ann!g_1@guest', true],
  ['ANN!*@*', 'ann!g_1@guest', true],
  ['*!g_1@*', 'ann!g_1@guest', true],
  ['a?n!*', 'ann!g_1@guest', true],
  ['a*n*g_*', 'ann!g_1@guest', true],
  ['ann', 'ann!g_1@guest', false],
  ['*!g_2@*', 'ann!g_1@guest', false],
  ['b*', 'ann!g_1@guest', false],
  ['', 'a', false],
])('the mask %s and %s', (mask, text, matches) => {
  expect(matchesMask(mask, text)).toBe(matches);
});
