import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeTimes } from './decode-times.ts';

const FRAME = 40_000;

/** Decode times of pictures whose places in display order are these, in frames. */
function decodeTimes(order: readonly number[], lookAhead = order.length): number[] {
  const times = order.map((place) => place * FRAME);
  const decode = new DecodeTimes(times.slice(0, lookAhead));
  return times.map((time) => decode.next(time) / FRAME);
}

describe('decode times', () => {
  test('are the times of presentation where nothing is out of order', () => {
    expect(decodeTimes([0, 1, 2, 3])).toEqual([0, 1, 2, 3]);
  });

  test('are one frame ahead for B-frames, and two for those that others lean on', () => {
    expect(decodeTimes([0, 3, 1, 2, 6, 4, 5])).toEqual([-1, 0, 1, 2, 3, 4, 5]);
    expect(decodeTimes([0, 4, 2, 1, 3, 8, 6, 5, 7])).toEqual([-2, -1, 0, 1, 2, 3, 4, 5, 6]);
  });

  test('of a file that begins with pictures from before its key frame start at the earliest', () => {
    expect(decodeTimes([2, 0, 1, 5, 3, 4])).toEqual([-1, 0, 1, 2, 3, 4]);
  });

  test('keep a variable frame rate', () => {
    const times = [0, 300, 100, 150, 1000, 400, 900];
    const decode = new DecodeTimes(times);
    expect(times.map((time) => decode.next(time)).slice(1)).toEqual([0, 100, 150, 300, 400, 900]);
  });

  test('never go back where more is out of order later than at the start', () => {
    const order = [0, 1, 2, 3, 4, 8, 6, 5, 7, 12, 10, 9, 11, 16, 14, 13, 15];
    const times = decodeTimes(order, 4);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((time, index) => index < 9 || time <= order[index]!)).toBe(true);
  });

  test('of any order of up to sixteen pictures go forward, and are never behind the picture', () => {
    const gop = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gop, (jumps) => {
        // Each picture is put at most its number of places ahead of where it is seen.
        const order = jumps.map((jump, index) => ({ place: index, at: index - jump }));
        const places = order.toSorted((a, b) => a.at - b.at || a.place - b.place).map(({ place }) => place);
        const times = decodeTimes(places);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.every((time, index) => time <= places[index]!)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('of a single picture is its own', () => {
    expect(decodeTimes([7])).toEqual([7]);
  });
});
