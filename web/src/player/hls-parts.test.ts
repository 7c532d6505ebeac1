import type HlsLibrary from 'hls.js';
import { expect, test } from 'vitest';
import { partLoading } from './hls-parts.ts';

/** Finds the segment of two seconds in which a time lies, as hls.js does where it loads parts. */
class Whole {
  loadingParts = true;

  getFragmentAtPosition(end: number): number {
    return Math.floor(end / 2);
  }
}

function segmentAfter(end: number, { parts }: { parts: boolean }): number {
  const { streamController } = partLoading({
    DefaultConfig: { streamController: Whole },
  } as unknown as typeof HlsLibrary);
  const loader = new (streamController as unknown as new () => Whole)();
  loader.loadingParts = parts;
  return loader.getFragmentAtPosition(end);
}

test.each([
  ['what ends 3 ms before its segment goes on with the next one', 35.998, 18],
  ['what lacks the last frame of its sound goes on with the next one', 35.978, 18],
  ['what lacks a part goes on with that', 35.68, 17],
  ['what has begun the next segment stays in it', 36.01, 18],
])('%s', (_, end, segment) => {
  expect(segmentAfter(end, { parts: true })).toBe(segment);
});

test('whole segments are found as ever', () => {
  expect(segmentAfter(35.998, { parts: false })).toBe(17);
});
