import { describe, expect, test } from 'vitest';
import { VIRTUAL_START, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { Broadcast } from './broadcast.ts';

/** The first frame comes a second after the virtual clock’s start. */
const BEGUN = VIRTUAL_START + 1000;
const HOUR = 3_600_000;

function stage(): { scheduler: VirtualScheduler; broadcast: Broadcast; step(ms: number): void } {
  const scheduler = new VirtualScheduler();
  const step = (ms: number): void => void (scheduler.wallOffset += ms * MILLISECOND);
  return { scheduler, step, broadcast: new Broadcast({ id: 'b', scheduler }) };
}

describe('a broadcast', () => {
  test('knows when it started, and which wall time each of its frames has', () => {
    const { scheduler, broadcast } = stage();
    scheduler.advance(10 * SECOND);
    expect(broadcast.observe(10 * SECOND)).toBe(false);
    expect(broadcast.startedAt).toBe(BEGUN);
    expect(broadcast.wallTime(12.5 * SECOND)).toBe(BEGUN + 12_500);
    scheduler.advance(10 * SECOND);
    expect(broadcast.end()).toEqual({ startedAt: BEGUN, endedAt: BEGUN + 20_000 });
  });

  test.each([HOUR, -HOUR, 75 * 365 * 24 * HOUR])('is as long as it was where the wall clock is set by %d ms', (ms) => {
    const { scheduler, broadcast, step } = stage();
    scheduler.advance(10 * SECOND);
    step(ms);
    expect(broadcast.observe(10 * SECOND)).toBe(true);
    expect(broadcast.observe(10 * SECOND)).toBe(false);
    expect(broadcast.startedAt).toBe(BEGUN + ms);
    expect(broadcast.wallTime(11 * SECOND)).toBe(BEGUN + ms + 11_000);
    scheduler.advance(10 * SECOND);
    expect(broadcast.end()).toEqual({ startedAt: BEGUN + ms, endedAt: BEGUN + ms + 20_000 });
  });

  test('is as long as it was where the clock is set after its last frame', () => {
    const { scheduler, broadcast, step } = stage();
    scheduler.advance(10 * SECOND);
    step(-HOUR);
    expect(broadcast.end()).toEqual({ startedAt: BEGUN - HOUR, endedAt: BEGUN - HOUR + 10_000 });
  });

  test('starts where it did while the wall clock is slewed by a little', () => {
    const { broadcast, step } = stage();
    step(499);
    expect(broadcast.observe(0)).toBe(false);
    expect(broadcast.startedAt).toBe(BEGUN);
    step(1);
    expect(broadcast.observe(0)).toBe(true);
    expect(broadcast.startedAt).toBe(BEGUN + 500);
  });

  test('gives frames a new wall time where the media clock drifts by 40 ms, and does not start anew', () => {
    const { scheduler, broadcast } = stage();
    scheduler.advance(100 * SECOND);
    expect(broadcast.observe(100 * SECOND - 39 * MILLISECOND)).toBe(false);
    expect(broadcast.wallTime(100 * SECOND)).toBe(BEGUN + 100_000);
    expect(broadcast.observe(100 * SECOND - 40 * MILLISECOND)).toBe(false);
    expect(broadcast.wallTime(100 * SECOND)).toBe(BEGUN + 100_040);
    expect(broadcast.startedAt).toBe(BEGUN);
  });
});
