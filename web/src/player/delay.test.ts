import { expect, test } from 'vitest';
import { delayByClock, DelayMeter } from './delay.ts';

test('by the server’s clock: from the moment a frame reached it to the screen', () => {
  const clock = { mediaTime: 10, at: '2026-01-01T00:00:10.000Z' };
  const wall = Date.parse('2026-01-01T00:00:15.900Z');
  expect(delayByClock(clock, 15_000, wall)).toBe(900);
  expect(delayByClock(clock, 16_000, wall)).toBe(0);
});

test('by arrival: the best arrivals of the last seconds, plus the way', () => {
  const meter = new DelayMeter();
  expect(meter.byArrival(0, 0)).toBeUndefined();
  // The GOP at the start is old when it comes; only its end is new.
  for (let media = 0; media <= 8000; media += 40) meter.arrived(media, 10_000);
  for (let at = 10_040; at < 15_000; at += 40) meter.arrived(at - 2000 + (at % 80 === 0 ? 0 : -30), at);
  expect(meter.byArrival(12_000, 14_600)).toBe(600);
  expect(meter.byArrival(12_000, 14_600, 100)).toBe(650);
});

test('a clock that drifts is followed', () => {
  const meter = new DelayMeter();
  meter.arrived(0, 0);
  for (let at = 1000; at < 60_000; at += 100) meter.arrived(at - 500, at);
  expect(meter.byArrival(58_500, 59_900)).toBe(900);
  meter.restart();
  expect(meter.byArrival(58_500, 59_900)).toBeUndefined();
});
