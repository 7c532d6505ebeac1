import { expect, test } from 'vitest';
import { admits, defaultLook, MAX_WORD, MAX_WORDS, readLook, withWord } from './look.ts';

test('what was kept is taken, and whatever else stands there is not', () => {
  const kept = { ...defaultLook, on: false, size: 60, without: ['top'], words: ['spoiler'], density: 'high' as const };
  expect(readLook(structuredClone(kept))).toEqual(kept);
  const damaged = {
    on: 'yes',
    size: 9000,
    opacity: 'x',
    speed: Number.NaN,
    area: 3,
    density: 'toString',
    without: 'top',
  };
  for (const nothing of [undefined, null, 3, 'x', [], damaged, { words: {} }])
    expect(readLook(nothing)).toEqual(defaultLook);
  expect(readLook({ words: [3, '', 'A', 'a', 'x'.repeat(99)] }).words).toEqual(['a']);
});

test('the list of hidden words takes each once, and no more than it holds', () => {
  expect(withWord(['a'], ' Ａ ')).toEqual(['a']);
  expect(withWord([], 'x'.repeat(MAX_WORD + 1))).toEqual([]);
  const full = Array.from({ length: MAX_WORDS }, (_, index) => `w${index}`);
  expect(withWord(full, 'more')).toBe(full);
});

test('one’s own is shown whatever is hidden', () => {
  const comment = { id: 'a', text: 'Spoiler', mode: 'top', color: 'white', own: true } as const;
  const look = { ...defaultLook, words: ['spoiler'], without: ['top'] as const };
  expect([admits(look, comment), admits(look, { ...comment, own: false })]).toEqual([true, false]);
});
