import { expect, test } from 'vitest';
import { isHttpUrl, isNetwork, isSlug, readCount, readMilestones, readRate, readTags } from './settings-rules.ts';

test.each([
  ['art, music', { tags: ['art', 'music'] }],
  ['画画，音乐、#live,,', { tags: ['画画', '音乐', 'live'] }],
  ['a, a', { tags: ['a'] }],
  ['', { tags: [] }],
  ['two words', { tags: ['two words'], wrong: 'two words' }],
  [`${'x'.repeat(31)}`, { tags: ['x'.repeat(31)], wrong: 'x'.repeat(31) }],
  ['1,2,3,4,5,6,7,8,9,10,11', { tags: '1,2,3,4,5,6,7,8,9,10,11'.split(','), many: true }],
])('tags of “%s”', (text, read) => {
  expect(readTags(text)).toEqual(read);
});

test.each([
  ['', null],
  [' 12 ', 12],
  ['1 000', 1000],
  ['0', undefined],
  ['1.5', undefined],
  ['1000001', undefined],
  ['x', undefined],
])('viewers of “%s” are %o', (text, read) => {
  expect(readCount(text, 1_000_000)).toBe(read);
});

test.each([
  ['', null],
  ['6', 6_000_000],
  ['2,5', 2_500_000],
  ['0.05', undefined],
  ['1001', undefined],
  ['-1', undefined],
])('a rate of “%s” is %o', (text, read) => {
  expect(readRate(text)).toBe(read);
});

test('addresses of rooms and networks are told from what is none', () => {
  expect(['garden', 'a-1', 'A', '-a', 'a b', ''].map(isSlug)).toEqual([true, true, false, false, false, false]);
  expect(['192.0.2.1', '192.0.2.0/24', '2001:db8::/32', 'mei', ''].map(isNetwork)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ['100, 5', [5, 100]],
  ['5，5、 10', [5, 10]],
  ['', undefined],
  ['0', undefined],
  ['1.5', undefined],
  ['many', undefined],
  ['1000000001', undefined],
  [Array.from({ length: 21 }, (_, i) => i + 1).join(), undefined],
])('numbers of viewers “%s”', (text, read) => {
  expect(readMilestones(text)).toEqual(read);
});

test.each([
  ['https://example.com/x', true],
  [' HTTP://10.0.0.1:9000 ', true],
  ['ftp://x', false],
  ['javascript:alert(1)//http://', false],
  ['http://', false],
])('%s could be an address of a program: %s', (text, could) => {
  expect(isHttpUrl(text)).toBe(could);
});
