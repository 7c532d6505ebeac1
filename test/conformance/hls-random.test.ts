import { expect, test } from 'vitest';
import { long } from '../long.ts';
import { RandomStream } from './random-stream.ts';

/** Of the stream, ms. */
const LENGTH = long ? 3_600_000 : 120_000;
const SEEDS = long ? [1, 2, 3, 4, 5, 6] : [1, 3];

test.each(SEEDS)(
  'whatever publishers do, the checker finds nothing, and each cause is one discontinuity (seed %i)',
  { timeout: long ? 3_600_000 : 60_000 },
  async (seed) => {
    const stream = new RandomStream(seed);
    await stream.run(LENGTH);
    expect([...new Set(stream.complaints)]).toEqual([]);
    expect(stream.judged).toBeGreaterThan(LENGTH / 10_000);
    expect(stream.done.size).toBeGreaterThan(4);
  },
);
