import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { SECOND } from '../media/time.ts';
import { Pace } from './pace.ts';

test('what changes rarely is told at once, what changes often once a second, and the last change always', () => {
  const scheduler = new VirtualScheduler(0);
  const told: [number, number][] = [];
  let value = 0;
  const pace = new Pace({ scheduler, every: SECOND, run: () => told.push([scheduler.now() / SECOND, value]) });
  const change = (): void => {
    value++;
    pace.ask();
  };
  change();
  for (let i = 0; i < 25; i++) {
    scheduler.advance(SECOND / 10);
    change();
  }
  scheduler.advance(10 * SECOND);
  change();
  expect(told).toEqual([
    [0, 1],
    [1, 10],
    [2, 20],
    [3, 26],
    [12.5, 27],
  ]);
});

test('what waits to be told can be told at once, and then once', () => {
  const scheduler = new VirtualScheduler();
  let told = 0;
  const pace = new Pace({ scheduler, every: SECOND, run: () => told++ });
  pace.flush();
  pace.ask();
  pace.ask();
  pace.flush();
  expect(told).toBe(2);
  scheduler.advance(5 * SECOND);
  expect(told).toBe(2);
});

test('nothing is told after the end', () => {
  const scheduler = new VirtualScheduler();
  let told = 0;
  const pace = new Pace({ scheduler, every: SECOND, run: () => told++ });
  pace.ask();
  pace.ask();
  pace.stop();
  scheduler.advance(5 * SECOND);
  expect([told, scheduler.pending]).toEqual([1, 0]);
});
