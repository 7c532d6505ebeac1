import { describe, expect, test } from 'vitest';
import { FlvClock } from './clock.ts';

/** Times that come out for raw ones. */
function times(...raw: number[]): number[] {
  const clock = new FlvClock();
  return raw.map((ms) => clock.frame(ms));
}

describe('the clock of FLV and RTMP', () => {
  test('starts at 0 (C-TIME-01)', () => {
    expect(times(0, 0, 40, 80)).toEqual([0, 0, 40, 80]);
  });

  test('starts anywhere', () => {
    expect(times(0x7fff_f000, 0x7fff_f028)).toEqual([0x7fff_f000, 0x7fff_f028]);
  });

  test('goes on past 2^31 for publishers that count to 2^32 (C-TIME-02)', () => {
    expect(times(0x7fff_ffe0, 0x8000_0008, 0x8000_0030)).toEqual([0x7fff_ffe0, 0x8000_0008, 0x8000_0030]);
  });

  test('goes on when FFmpeg starts again at 2^31 (C-TIME-02)', () => {
    expect(times(0x7fff_ffe0, 8, 48)).toEqual([0x7fff_ffe0, 2 ** 31 + 8, 2 ** 31 + 48]);
  });

  test('goes on over 2^32 (C-TIME-03)', () => {
    expect(times(0xffff_ffe0, 8, 48).map((ms, _, all) => ms - all[0]!)).toEqual([0, 40, 80]);
    expect(times(0xffff_0000, 0xffff_2000, 0xffff_4000, 0xffff_ff00, 0x100).at(-1)).toBe(2 ** 32 + 0x100);
  });

  test('goes on over 2^24 for publishers that write no extended time', () => {
    expect(times(0xff_ffe0, 8)).toEqual([0xff_ffe0, 2 ** 24 + 8]);
  });

  test('goes on over many wraps', () => {
    const clock = new FlvClock();
    for (let ms = 0; ms < 5 * 2 ** 24; ms += 5000) expect(clock.frame(ms % 2 ** 24)).toBe(ms);
  });

  test('sound and picture cross a wrap one after the other', () => {
    for (const wrap of [2 ** 24, 2 ** 31, 2 ** 32]) {
      const raw = [wrap - 10_040, wrap - 40, 3, wrap - 20, wrap - 1, 26, 20, 60];
      const wanted = [wrap - 10_040, wrap - 40, wrap + 3, wrap - 20, wrap - 1, wrap + 26, wrap + 20, wrap + 60];
      const got = times(...raw);
      expect(got.map((ms) => ms - got[0]!)).toEqual(wanted.map((ms) => ms - wanted[0]!));
    }
  });

  test('a time a little below 2^32 at the start is one before 0 (C-FLV-04)', () => {
    expect(times(0xffff_ffec, 0, 20)).toEqual([-20, 0, 20]);
    expect(times(0, 0xffff_ffec, 20)).toEqual([0, -20, 20]);
  });

  test('a restart at 0 is no wrap', () => {
    expect(times(3_600_000, 0, 40)).toEqual([3_600_000, 0, 40]);
    expect(times(0x7fff_0000, 0, 40)).toEqual([0x7fff_0000, 0, 40]);
  });

  test('jumps of an hour and of one tick stay as they are (C-TIME-07)', () => {
    expect(times(5_000_000, 8_600_000, 5_000_000, 4_999_999, 4_999_999)).toEqual([
      5_000_000, 8_600_000, 5_000_000, 4_999_999, 4_999_999,
    ]);
  });

  test('a jump from near 0 to just below a wrap is none of the wrap’s', () => {
    expect(times(5, 2 ** 24 - 20, 2 ** 24 + 20)).toEqual([5, 2 ** 24 - 20, 2 ** 24 + 20]);
    expect(times(5, 2 ** 31 - 20)).toEqual([5, 2 ** 31 - 20]);
  });

  test('a wrap from long ago is not undone by a jump', () => {
    const wrap = 2 ** 24;
    expect(times(wrap - 40, 3, wrap - 20, 20_000, 100, wrap - 50).slice(3)).toEqual([20_000, 100, wrap - 50]);
  });

  test('a message at 0 between frames does not move the clock', () => {
    const clock = new FlvClock();
    expect(clock.frame(2 ** 24 - 40)).toBe(2 ** 24 - 40);
    expect(clock.data(0)).toBe(2 ** 24);
    expect(clock.frame(2 ** 24)).toBe(2 ** 24);
    expect(clock.data(2 ** 24 - 10)).toBe(2 ** 24 - 10);
  });

  test('a restart after a wrap is seen as one', () => {
    const got = times(2 ** 31 - 40, 8, 3_600_000, 0, 40);
    expect(got[3]! - got[2]!).toBe(-3_600_000);
    expect(got[4]! - got[3]!).toBe(40);
  });
});
