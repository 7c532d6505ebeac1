import { expect, test } from 'vitest';
import { SlowSense } from './slow-sense.ts';
import { Throughput } from './throughput.ts';

test('the rate is that of the last two seconds', () => {
  const throughput = new Throughput();
  for (let now = 0; now < 10_000; now += 100) throughput.add(12_500, now);
  expect(throughput.rate(9_950)).toBe(1_000_000);
  expect(throughput.rate(20_000)).toBe(0);
});

test('one pause to load is nothing, two in half a minute are a slow connection', () => {
  const sense = new SlowSense();
  expect(sense.paused(0)).toBe(false);
  expect(sense.paused(31_000)).toBe(false);
  expect(sense.paused(60_000)).toBe(true);
});
