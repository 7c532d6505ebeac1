import { expect, test } from 'vitest';
import { emojiGroups, findEmoji } from './emoji.ts';

test('emoji are found by words of both languages', () => {
  expect(findEmoji('laugh')).toContain('😂');
  expect(findEmoji(' Coffee ')).toEqual(['☕']);
  expect(findEmoji('太阳')).toEqual(['☀️']);
  expect(findEmoji('')).toEqual([]);
  expect(findEmoji('xyzzy')).toEqual([]);
});

test('every emoji is there once, with words of both languages', () => {
  const all = emojiGroups.flatMap(({ emoji }) => emoji);
  expect(new Set(all.map(({ sign }) => sign)).size).toBe(all.length);
  for (const { sign, words } of all) {
    expect(sign).toMatch(/^\p{Extended_Pictographic}[\u{FE0F}]?$/u);
    expect(words).toMatch(/[a-z].*[\u4e00-\u9fff]/);
  }
});
