import { expect, test } from 'vitest';
import { RunningClock } from './running-clock.ts';

test('a clock that stands goes on where it stood', () => {
  const clock = new RunningClock();
  expect(clock.at(100)).toBe(100);
  clock.stop(150);
  clock.stop(170);
  expect([clock.at(200), clock.stopped]).toEqual([150, true]);
  clock.start(250);
  clock.start(260);
  expect([clock.at(300), clock.stopped]).toEqual([200, false]);
});
