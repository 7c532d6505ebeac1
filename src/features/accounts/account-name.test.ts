import { expect, test } from 'vitest';
import { keyOf, readName } from './account-name.ts';

test.each([
  ['Ada', 'Ada', 'ada'],
  ['李雷', '李雷', '李雷'],
  ['a.b-c_1', 'a.b-c_1', 'a.b-c_1'],
  ['Ａｄａ', 'Ada', 'ada'],
  ['ÉMILE', 'ÉMILE', 'émile'],
  ['E\u0301mile', 'Émile', 'émile'],
  ['Мария', 'Мария', 'мария'],
  ['1st', '1st', '1st'],
  ['x'.repeat(32), 'x'.repeat(32), 'x'.repeat(32)],
])('“%s” is a name, shown as “%s” and compared as “%s”', (text, shown, key) => {
  expect(readName(text)).toEqual({ shown, key });
  expect(keyOf(text)).toBe(key);
});

test.each([
  ['', /empty/],
  ['x'.repeat(33), /more than 32/],
  [`e${'\u0301'.repeat(1000)}`, /more than 32/],
  [`e${'\u0301'.repeat(6)}`, /too many marks/],
  ['with space', /letters, digits/],
  ['-x', /begins with/],
  ['\u0301x', /begins with/],
  ['a\u200bb', /letters, digits/],
  ['a\u202eb', /letters, digits/],
  ['<b>', /letters, digits/],
  ['a\nb', /letters, digits/],
  ['\ud800', /letters, digits/],
  ['pаypal', /scripts that look alike/], // the second letter is Cyrillic
  ['Admin', /somebody else/],
  ['ＡＤＭＩＮ', /somebody else/],
  ['房主', /somebody else/],
])('“%s” is no name, and the answer says why', (text, why) => {
  expect(() => readName(text)).toThrow(why);
});
