import { expect, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import type { Member } from './member.ts';
import { Rounds } from './rounds.ts';

const people = (count: number): Member[] =>
  Array.from({ length: count }, (_, number) => ({ number }) as unknown as Member);

test('few are written to at once, and many in slices, between which the loop goes on', () => {
  const scheduler = new VirtualScheduler();
  const rounds = new Rounds(scheduler);
  const written: Member[] = [];
  const few = people(10);
  rounds.start(few, (member) => written.push(member));
  expect(written).toEqual(few);
  const many = people(1000);
  let done = false;
  /** How many were written to when something else had its turn. */
  const turns: number[] = [];
  const other = (): void => {
    turns.push(written.length);
    if (!done) scheduler.after(0, other);
  };
  scheduler.after(0, other);
  rounds.start(
    many,
    (member) => written.push(member),
    () => (done = true),
  );
  expect([written.length < 300, done]).toEqual([true, false]);
  scheduler.advance(1000);
  expect([written.slice(10), done]).toEqual([many, true]);
  expect(new Set(turns).size).toBeGreaterThan(3);
});

test('a round waits for the one before, so that nobody is told the later first', () => {
  const scheduler = new VirtualScheduler();
  const rounds = new Rounds(scheduler);
  const many = people(1000);
  const heard = new Map<Member, string>();
  for (const word of ['a', 'b']) rounds.start(many, (member) => heard.set(member, (heard.get(member) ?? '') + word));
  scheduler.advance(1000);
  expect(new Set(many.map((member) => heard.get(member)))).toEqual(new Set(['ab']));
});

test('nothing is written any more once it is stopped, and who waits for the end is told', () => {
  const scheduler = new VirtualScheduler();
  const rounds = new Rounds(scheduler);
  let written = 0;
  let done = 0;
  for (let round = 0; round < 2; round++)
    rounds.start(
      people(1000),
      () => written++,
      () => done++,
    );
  const before = written;
  rounds.stop();
  scheduler.advance(1000);
  expect([written, done]).toEqual([before, 2]);
});
