import { describe, expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { SECOND } from '../media/time.ts';
import { type Init, Segment } from './segment.ts';
import { SegmentWindow } from './segment-window.ts';

/** A segment shorter than this has no bit rate of its own, µs. */
const SHORTEST = SECOND / 2;

interface Shape {
  /** Seconds; in parts of so many bytes, each as long. */
  seconds: number;
  parts: readonly number[];
  init?: Init;
  independent?: boolean;
}

/** A window whose segments are of any length and size. */
class Stage {
  readonly scheduler = new VirtualScheduler(0);
  readonly window: SegmentWindow;
  #sequence = 0;
  #start = 0;

  constructor(options: { count?: number; bytes?: number } = {}) {
    this.window = new SegmentWindow({ scheduler: this.scheduler, count: 6, bytes: 1_000_000, ...options });
  }

  open({ seconds, parts, init = { number: 1, bytes: undefined }, independent = true }: Shape): Segment {
    const [start, sequence] = [this.#start, ++this.#sequence];
    const segment = new Segment({ sequence, start, wall: 0, shift: 0, init, discontinuity: false, era: 0 });
    segment.independent = independent;
    this.window.current = segment;
    for (const size of parts)
      segment.add({ duration: (seconds * SECOND) / parts.length, bytes: new Uint8Array(size), independent });
    this.#start += segment.duration;
    return segment;
  }

  /** It is complete, at the time at which it ends. */
  add(shape: Shape, least = 0): Segment {
    const segment = this.open(shape);
    this.scheduler.advance(segment.duration);
    this.window.complete({ shortest: SHORTEST, least });
    return segment;
  }

  /** So many segments of a second, of ten bytes each. */
  fill(count: number, least = 0): void {
    for (let i = 0; i < count; i++) this.add({ seconds: 1, parts: [10] }, least);
  }

  get numbers(): number[] {
    return this.window.listed.map(({ sequence }) => sequence);
  }
}

describe('bit rates', () => {
  test('are those of the segment with the highest, and of all that there was', () => {
    const stage = new Stage({ count: 2 });
    stage.add({ seconds: 1, parts: [1000] });
    stage.add({ seconds: 2, parts: [3000, 3000] });
    for (let i = 0; i < 5; i++) stage.add({ seconds: 1, parts: [1000] });
    expect(stage.window.rates).toEqual({ peak: 24_000, average: (8 * 12_000) / 8 });
  });

  test('are not known until there is media, and then those of what grows', () => {
    const stage = new Stage();
    expect(stage.window.rates).toBeUndefined();
    stage.open({ seconds: 0, parts: [] });
    expect(stage.window.rates).toBeUndefined();
    stage.open({ seconds: 2, parts: [500, 500] });
    expect(stage.window.rates).toEqual({ peak: 4000, average: 4000 });
  });

  test('the peak is not that of a segment that is too short to tell, but such a one counts in the average', () => {
    const stage = new Stage();
    stage.add({ seconds: 2, parts: [2000] });
    stage.add({ seconds: 0.4, parts: [10_000] });
    expect(stage.window.rates).toEqual({ peak: 40_000, average: 40_000 });
    stage.add({ seconds: 97.6, parts: [10_000] });
    expect(stage.window.rates).toEqual({ peak: 8000, average: 1760 });
  });

  test('the peak is never below the average, however much of the stream is in segments that are too short', () => {
    const stage = new Stage();
    stage.add({ seconds: 2, parts: [250] });
    for (let i = 0; i < 40; i++) {
      stage.add({ seconds: 0.1 + (i % 4) / 10, parts: [5000 + 300 * i] });
      const { peak, average } = stage.window.rates!;
      expect(peak).toBeGreaterThanOrEqual(average);
      expect(average).toBeGreaterThan(1000);
    }
  });

  test('of a stream that has no longer segments are those of its first', () => {
    const stage = new Stage();
    stage.add({ seconds: 0.25, parts: [1000] });
    expect(stage.window.rates).toEqual({ peak: 32_000, average: 32_000 });
    stage.add({ seconds: 0.25, parts: [3000] });
    expect(stage.window.rates).toEqual({ peak: 64_000, average: 64_000 });
    stage.add({ seconds: 0.25, parts: [500] });
    expect(stage.window.rates).toEqual({ peak: 48_000, average: 48_000 });
  });

  test('a gap has time and no bits', () => {
    const stage = new Stage();
    stage.add({ seconds: 1, parts: [1000] });
    stage.add({ seconds: 3, parts: [0] });
    expect(stage.window.rates).toEqual({ peak: 8000, average: 2000 });
  });
});

describe('what is listed', () => {
  test('is no more than the option says, but as long as it has to be', () => {
    const stage = new Stage({ count: 3 });
    stage.fill(3);
    expect(stage.numbers).toEqual([1, 2, 3]);
    stage.fill(1);
    expect(stage.numbers).toEqual([2, 3, 4]);
    stage.fill(4, 5 * SECOND);
    expect(stage.numbers).toEqual([4, 5, 6, 7, 8]);
    stage.fill(1, 5 * SECOND - 1);
    expect(stage.numbers).toEqual([5, 6, 7, 8, 9]);
  });

  test('changes its version with each segment that comes or is forgotten', () => {
    const stage = new Stage({ bytes: 25 });
    let { version } = stage.window;
    stage.fill(1);
    expect(stage.window.version).toBeGreaterThan(version);
    stage.fill(1);
    ({ version } = stage.window);
    stage.open({ seconds: 1, parts: [10] });
    stage.window.trim();
    expect(stage.numbers).toEqual([2]);
    expect(stage.window.version).toBeGreaterThan(version);
    ({ version } = stage.window);
    stage.window.trim();
    expect(stage.window.version).toBe(version);
  });

  test('is independent where each segment is, gaps and what has just begun among them', () => {
    const stage = new Stage({ count: 2 });
    stage.add({ seconds: 1, parts: [10] });
    expect(stage.window.independent).toBe(true);
    const gap = stage.add({ seconds: 1, parts: [0], independent: false });
    expect([gap.independent, gap.gap, stage.window.independent]).toEqual([true, true, true]);
    stage.open({ seconds: 0, parts: [], independent: false });
    expect(stage.window.independent).toBe(true);
    stage.open({ seconds: 1, parts: [10], independent: false });
    expect(stage.window.independent).toBe(false);
    stage.window.complete({ shortest: SHORTEST, least: 0 });
    expect(stage.window.independent).toBe(false);
    stage.fill(2);
    expect(stage.window.independent).toBe(true);
  });

  test('is nothing more where no segment grows', () => {
    const stage = new Stage();
    stage.fill(1);
    const { version } = stage.window;
    stage.window.complete({ shortest: SHORTEST, least: 0 });
    expect([stage.numbers, stage.window.version]).toEqual([[1], version]);
  });
});

describe('C-HLS-09 what left the list', () => {
  test('C-HLS-09 can be had for as long as it and the list that it was in, and no longer', () => {
    const stage = new Stage({ count: 3 });
    stage.fill(3);
    stage.add({ seconds: 2, parts: [20] });
    // It left when the list had it, two more of a second, and one of two.
    stage.scheduler.advance(6 * SECOND - 1);
    expect(stage.window.find(1)?.sequence).toBe(1);
    stage.scheduler.advance(1);
    expect(stage.window.find(1)).toBeUndefined();
    expect(stage.window.find(2)?.sequence).toBe(2);
    expect([stage.window.find(0), stage.window.find(5)]).toEqual([undefined, undefined]);
  });

  test('is forgotten when its time is over, and has its init segment until then', () => {
    const old = { number: 1, bytes: Uint8Array.of(1) };
    const stage = new Stage({ count: 2 });
    stage.add({ seconds: 1, parts: [10], init: old });
    const next = { number: 2, bytes: Uint8Array.of(2) };
    for (let i = 0; i < 2; i++) stage.add({ seconds: 1, parts: [10], init: next });
    expect([stage.window.initOf(1), stage.window.initOf(2), stage.window.initOf(3)]).toEqual([old, next, undefined]);
    expect(stage.window.bytes).toBe(30);
    stage.scheduler.advance(4 * SECOND);
    stage.window.trim();
    expect([stage.window.initOf(1), stage.window.bytes]).toEqual([undefined, 20]);
  });

  test('goes first where there are too many bytes, the oldest before all others, and then what is listed', () => {
    const stage = new Stage({ count: 2, bytes: 60 });
    stage.fill(6);
    expect([stage.numbers, stage.window.find(1)?.sequence, stage.window.bytes]).toEqual([[5, 6], 1, 60]);
    stage.open({ seconds: 1, parts: [15] });
    stage.window.trim();
    const there = [1, 2, 3, 4, 5, 6].filter((sequence) => stage.window.find(sequence));
    expect([there, stage.window.bytes]).toEqual([[3, 4, 5, 6], 55]);
    stage.open({ seconds: 1, parts: [55] });
    stage.window.trim();
    expect([stage.numbers, stage.window.bytes]).toEqual([[], 55]);
  });
});
