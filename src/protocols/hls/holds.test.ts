import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { type Held, Holds } from './holds.ts';

/** One that is answered when `ready`, and says what became of it. */
function held(name: string, said: string[]): Held & { ready: boolean } {
  return {
    ready: false,
    answer() {
      if (this.ready) said.push(`${name} answered`);
      return this.ready;
    },
    expire: () => void said.push(`${name} late`),
  };
}

test('those are answered whose time has come, and the others when theirs is over, by one timer', () => {
  const scheduler = new VirtualScheduler();
  const holds = new Holds(scheduler);
  const said: string[] = [];
  const [a, b, c] = [held('a', said), held('b', said), held('c', said)];
  holds.add(a, 6 * SECOND);
  scheduler.advance(SECOND);
  holds.add(b, 6 * SECOND);
  holds.add(c, 6 * SECOND);
  expect(scheduler.pending).toBe(1);
  b.ready = true;
  holds.wake();
  expect(said).toEqual(['b answered']);
  scheduler.advance(5 * SECOND - 1);
  expect(said).toEqual(['b answered']);
  scheduler.advance(1);
  expect(said).toEqual(['b answered', 'a late']);
  scheduler.advance(SECOND);
  expect(said).toEqual(['b answered', 'a late', 'c late']);
  expect([holds.size, scheduler.pending]).toEqual([0, 0]);
});

test('one that is gone leaves nothing behind', () => {
  const scheduler = new VirtualScheduler();
  const holds = new Holds(scheduler);
  const all = Array.from({ length: 1000 }, () => held('x', []));
  for (const one of all) holds.add(one, SECOND);
  for (const one of all) holds.remove(one);
  expect([holds.size, scheduler.pending]).toEqual([0, 0]);
});

test('when all are answered no timer is left, and those who come then wait as long as others', () => {
  const scheduler = new VirtualScheduler();
  const holds = new Holds(scheduler);
  const said: string[] = [];
  const [a, b] = [held('a', said), held('b', said)];
  holds.add(a, 6 * SECOND);
  a.ready = true;
  holds.wake();
  expect([holds.size, scheduler.pending]).toEqual([0, 0]);
  scheduler.advance(2 * SECOND);
  holds.add(b, 6 * SECOND);
  scheduler.advance(6 * SECOND - 1);
  expect(said).toEqual(['a answered']);
  scheduler.advance(1);
  expect(said).toEqual(['a answered', 'b late']);
});
