import { expect, test } from 'vitest';
import { systemScheduler } from './scheduler.ts';

test('no timer fires before its time', async () => {
  const { now, after } = systemScheduler();
  // Nothing else keeps the process at work.
  const alive = setInterval(() => {}, 1000);
  const early: number[] = [];
  const fired = Array.from({ length: 300 }, (_, index) => {
    const us = 1000 + index * 137;
    const due = now() + us;
    return new Promise<void>((resolve) =>
      after(us, () => {
        if (now() < due) early.push(due - now());
        resolve();
      }),
    );
  });
  await Promise.all(fired);
  clearInterval(alive);
  expect(early).toEqual([]);
});

test('a timer that was cancelled does not fire, also where it fired too soon', async () => {
  const { after } = systemScheduler();
  let calls = 0;
  const cancels = Array.from({ length: 50 }, (_, index) => after(5000 + index * 20, () => calls++));
  for (const cancel of cancels) cancel();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(calls).toBe(0);
});
