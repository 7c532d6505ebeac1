import { expect, test } from 'vitest';
import { type Answer, Unsent } from './unsent.ts';

const answer = (queued: number): Answer & { queued: number; isCut: boolean } => ({
  queued,
  isCut: false,
  cut() {
    this.isCut = true;
  },
});

test('an answer of which nothing is taken is cut, and no other', () => {
  const unsent = new Unsent();
  const [stuck, slow, done] = [answer(100), answer(100), answer(0)];
  for (const one of [stuck, slow, done]) unsent.add(one, 0);
  for (let now = 1; now <= 9; now++) {
    slow.queued -= 1;
    expect(unsent.sweep(now, 10)).toEqual([]);
  }
  slow.queued -= 1;
  expect(unsent.sweep(10, 10)).toEqual([stuck]);
  expect([stuck.isCut, slow.isCut, done.isCut]).toEqual([true, false, false]);
  unsent.remove(done);
  expect(unsent.size).toBe(1);
});
