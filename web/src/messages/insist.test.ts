import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/client/virtual-clock.ts';
import { insist } from './insist.ts';

/** Answers at the third attempt. */
function stubborn(): { clock: VirtualClock; said: string[]; stop: () => void; settled: () => Promise<void> } {
  const clock = new VirtualClock();
  const said: string[] = [];
  let attempts = 0;
  const stop = insist({
    clock,
    load: async () => {
      if (++attempts < 3) throw new Error('The network is away.');
      return 'words';
    },
    came: (words) => said.push(words),
    failed: () => said.push('failed'),
  });
  return { clock, said, stop, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

test('what does not come is asked for again until it does', async () => {
  const { clock, said, settled } = stubborn();
  await settled();
  expect(said).toEqual(['failed']);
  clock.pass(1999);
  await settled();
  expect(said).toEqual(['failed']);
  clock.pass(1);
  await settled();
  clock.pass(2000);
  await settled();
  expect(said).toEqual(['failed', 'failed', 'words']);
  clock.pass(60_000);
  await settled();
  expect(said).toHaveLength(3);
});

test('what is wanted no more is not asked for, nor told of', async () => {
  const { clock, said, stop, settled } = stubborn();
  await settled();
  stop();
  clock.pass(60_000);
  await settled();
  expect(said).toEqual(['failed']);
});
