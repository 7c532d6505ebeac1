import { describe, expect, test } from 'vitest';
import { VIRTUAL_START, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { Broadcast } from './broadcast.ts';
import { SegmentDates } from './segment-dates.ts';

/** Segments of two seconds, whose first frames are told to a broadcast `late` ms after their time. */
class Stage {
  readonly scheduler: VirtualScheduler = new VirtualScheduler(0);
  readonly #broadcast = new Broadcast({ id: 'b', scheduler: this.scheduler });
  readonly #dates = new SegmentDates({
    scheduler: this.scheduler,
    wallTime: (media) => this.#broadcast.wallTime(media),
  });
  #next = 0;

  /** ms from one date to the next. */
  step(late = 0, anew = false): number {
    const media = this.#next;
    this.#next += 2 * SECOND;
    this.scheduler.advanceTo(Math.max(this.scheduler.now(), media + late * MILLISECOND));
    this.#broadcast.observe(media);
    const date = this.#dates.at(media, anew);
    const step = date - this.last;
    this.last = date;
    return step;
  }

  last: number = VIRTUAL_START;
}

describe('dates of segments', () => {
  test('C-HLS-16 are the one before and its duration, however late frames come', () => {
    const stage = new Stage();
    expect(stage.step()).toBe(0);
    for (const late of [0, 6000, 6000, 100, 5025, 0, 900, 0]) expect(stage.step(late)).toBeCloseTo(2000, 0);
    expect(stage.last - VIRTUAL_START).toBeCloseTo(16_000, 0);
  });

  test('C-HLS-16 follow a clock that goes apart by 50 ms an hour and no more', () => {
    const stage = new Stage();
    stage.step();
    for (let i = 1; i <= 1800; i++) stage.step(i);
    expect(stage.last - VIRTUAL_START - 3_600_000).toBeGreaterThan(45);
    expect(stage.last - VIRTUAL_START - 3_600_000).toBeLessThan(50.1);
  });

  test('are right again where nothing is continued', () => {
    const stage = new Stage();
    stage.step();
    stage.step(700);
    expect(stage.step(700, true)).toBeCloseTo(2700, 0);
    expect(stage.step(700)).toBeCloseTo(2000, 0);
  });

  test('R-14 follow a clock that is set forward with one step, once', () => {
    const stage = new Stage();
    stage.step();
    stage.scheduler.wallOffset += 3600 * SECOND;
    expect(stage.step()).toBeCloseTo(3_602_000, 0);
    expect(stage.step()).toBeCloseTo(2000, 0);
  });

  test('R-14 never go back where the clock is set back, and go on slowly until they are right', () => {
    const stage = new Stage();
    stage.step();
    stage.scheduler.wallOffset -= 3 * SECOND;
    const steps = [1, 2, 3, 4].map(() => Math.round(stage.step()));
    expect(steps).toEqual([1000, 1000, 1000, 2000]);
  });
});

describe('dates that would go back where nothing is continued', () => {
  test('go on half as fast, and then as before', () => {
    const stage = new Stage();
    stage.step();
    expect(stage.step(-1800, true)).toBeCloseTo(1000, 0);
    expect(stage.step(-1800)).toBeCloseTo(2000, 0);
    expect(stage.step(-1800)).toBeCloseTo(2000, 0);
  });
});
