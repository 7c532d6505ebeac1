import { expect, test } from 'vitest';
import { SECOND } from '../../media/time.ts';
import { People } from './people.ts';

const here = (...names: string[]): Map<string, string> => new Map(names.map((name) => [`u_${name}`, name]));
const person = (name: string): object => ({ id: `u_${name}`, name });

test('who comes and goes is told once, and a page that is loaded anew is no news', () => {
  const people = new People();
  const see = (seconds: number, ...names: string[]): object | undefined =>
    people.see(here(...names), { now: seconds * SECOND, crowd: false });
  expect(see(0, 'Ada')).toBeUndefined();
  expect(see(1, 'Ada', 'Bob')).toEqual({ type: 'people', joined: [person('Bob')], left: [] });
  expect(see(2, 'Ada')).toBeUndefined();
  expect(see(4, 'Ada', 'Bob')).toBeUndefined();
  expect(see(8, 'Ada')).toBeUndefined();
  expect(see(9, 'Ada')).toEqual({ type: 'people', joined: [], left: [person('Bob')] });
  expect(see(10, 'Ada')).toBeUndefined();
});

test('a crowd is not told of, nor that it was there when it is gone', () => {
  const people = new People();
  people.see(here('Ada'), { now: 0, crowd: false });
  expect(people.see(here('Ada', 'Bob'), { now: SECOND, crowd: true })).toBeUndefined();
  expect(people.see(here('Cleo'), { now: 10 * SECOND, crowd: false })).toBeUndefined();
  expect(people.see(here('Cleo', 'Dan'), { now: 11 * SECOND, crowd: false })).toEqual({
    type: 'people',
    joined: [person('Dan')],
    left: [],
  });
});
