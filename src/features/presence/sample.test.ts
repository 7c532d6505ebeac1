import { expect, test } from 'vitest';
import { percentiles, Sample, SAMPLE_SIZE } from './sample.ts';

test('percentiles are values that somebody had', () => {
  expect(percentiles([])).toBeUndefined();
  expect(percentiles([7])).toEqual({ p50: 7, p95: 7 });
  const twenty = Array.from({ length: 20 }, (_, i) => 20 - i);
  expect(percentiles(twenty)).toEqual({ p50: 10, p95: 19 });
  expect(percentiles([...twenty, 21])).toEqual({ p50: 11, p95: 20 });
});

test('a sample has every value until it is full, and then a fair choice', () => {
  const sample = new Sample();
  for (let i = 0; i < SAMPLE_SIZE; i++) sample.add(i);
  expect(sample.values).toEqual(Array.from({ length: SAMPLE_SIZE }, (_, i) => i));
  for (let i = SAMPLE_SIZE; i < 10 * SAMPLE_SIZE; i++) sample.add(i);
  expect(sample.values).toHaveLength(SAMPLE_SIZE);
  const mean = sample.values.reduce((sum, value) => sum + value, 0) / SAMPLE_SIZE;
  // Ten standard errors around the middle of all.
  expect(Math.abs(mean - 5 * SAMPLE_SIZE)).toBeLessThan((10 * 2.9 * SAMPLE_SIZE) / Math.sqrt(SAMPLE_SIZE));
});
