import { describe, expect, test } from 'vitest';
import { settle, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { Pace } from './pace.ts';

/** ms at which frames of these times, in ms, were due; each is read as soon as the one before was. */
async function due(...times: number[]): Promise<number[]> {
  const scheduler = new VirtualScheduler(0);
  const pace = new Pace(scheduler);
  const at: number[] = [];
  const reading = (async () => {
    for (const time of times) {
      await pace.due(time * MILLISECOND);
      at.push(scheduler.now() / MILLISECOND);
    }
  })();
  await settle();
  await scheduler.pass(3 * SECOND, 10 * MILLISECOND);
  await reading;
  return at;
}

describe('the pace of a film', () => {
  test('is that of its times', async () => {
    expect(await due(0, 40, 80, 1000)).toEqual([0, 40, 80, 1000]);
  });

  test('does not suffer from a track that lags behind the other', async () => {
    expect(await due(0, 2000, 0, 2040, 40, 2080, 80)).toEqual([0, 2000, 2000, 2040, 2040, 2080, 2080]);
  });

  test('goes on from where it is when all of it was late', async () => {
    const scheduler = new VirtualScheduler(0);
    const pace = new Pace(scheduler);
    await pace.due(0);
    scheduler.advance(5 * SECOND);
    await pace.due(40 * MILLISECOND);
    let isDue = false;
    void pace.due(80 * MILLISECOND).then(() => (isDue = true));
    await scheduler.pass(30 * MILLISECOND);
    expect(isDue).toBe(false);
    await scheduler.pass(10 * MILLISECOND);
    expect(isDue).toBe(true);
  });

  test('is woken before its time', async () => {
    const scheduler = new VirtualScheduler(0);
    const pace = new Pace(scheduler);
    await pace.due(0);
    const waiting = pace.due(SECOND);
    pace.wake();
    await waiting;
    await settle();
    expect(scheduler.pending).toBe(0);
  });
});
