import { expect, test } from 'vitest';
import { completionAt, lengthOf, namesFor } from './typing.ts';

test('a name is completed behind an @ that begins a word, where the cursor is', () => {
  expect(completionAt('hello @an', 9)).toEqual({ from: 7, typed: 'an' });
  expect(completionAt('@', 1)).toEqual({ from: 1, typed: '' });
  expect(completionAt('你好 @阿', 5)).toEqual({ from: 4, typed: '阿' });
  expect(completionAt('mail@an', 7)).toBeUndefined();
  expect(completionAt('@an hello', 9)).toBeUndefined();
});

test('who spoke last is offered first, and never oneself', () => {
  const names = ['Ann', 'anton', 'Bea', 'Andy'];
  expect(namesFor({ from: 1, typed: 'AN' }, names, 'Ann')).toEqual(['Andy', 'anton']);
  expect(namesFor({ from: 1, typed: '' }, [...'abcdefgh'], undefined)).toHaveLength(6);
  expect(namesFor({ from: 1, typed: 'andy' }, names, 'Ann')).toEqual([]);
});

test('characters are counted as people see them', () => {
  expect(lengthOf(' 👨‍👩‍👧 é ')).toBe(3);
  expect(lengthOf('/me waves')).toBe(5);
});
