import { expect, test } from 'vitest';
import { Timed } from './timed.ts';

const said = (id: string): { id: string } => ({ id });
const ids = (items: { id: string }[]): string => items.map(({ id }) => id).join('');

test('each comes when the picture is where it was when it was written, whatever the order in which they were told', () => {
  const timed = new Timed(10);
  timed.due(10);
  for (const [id, at] of [
    ['b', 12],
    ['a', 11],
    ['c', 12.5],
  ] as const)
    timed.add(said(id), at);
  expect(['10.9', '11', '12', '12.4', '13'].map((at) => ids(timed.due(Number(at))))).toEqual(['', 'a', 'b', '', 'c']);
});

test('what is told a little late comes at once, what is told much too late does not', () => {
  const timed = new Timed(10);
  timed.due(10);
  timed.add(said('a'), 9);
  timed.add(said('b'), 2);
  expect(ids(timed.due(10.1))).toBe('a');
});

test('going back gives again what comes then, and going far ahead skips what was between', () => {
  const timed = new Timed(10);
  for (const [id, at] of [
    ['a', 1],
    ['b', 20],
    ['c', 40],
  ] as const)
    timed.add(said(id), at);
  expect([0, 1, 38, 41].map((at) => ids(timed.due(at)))).toEqual(['', 'a', '', 'c']);
  expect([0, 1.5, 5].map((at) => ids(timed.due(at)))).toEqual(['', 'a', '']);
});

test('a deleted one never comes, another broadcast begins empty, and only so many are kept', () => {
  const timed = new Timed(3);
  timed.due(0);
  for (const id of ['a', 'b', 'c', 'd']) timed.add(said(id), 1);
  timed.remove('c');
  expect(ids(timed.due(1))).toBe('bd');
  timed.add(said('e'), 2);
  timed.clear();
  expect(ids(timed.due(3))).toBe('');
});
