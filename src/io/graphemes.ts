const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Counts characters as people count them (UAX #29), no further than one more than `most`. */
export function countGraphemes(text: string, most: number): number {
  let count = 0;
  for (const _character of characters.segment(text)) if (++count > most) break;
  return count;
}
