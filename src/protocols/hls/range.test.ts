import { expect, test } from 'vitest';
import { names, rangeOf, sliceOf } from './range.ts';

test.each([
  [undefined, undefined],
  ['bytes=0-', { start: 0, end: 10 }],
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=4-5', { start: 4, end: 6 }],
  ['bytes=4-99', { start: 4, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-99', { start: 0, end: 10 }],
  ['bytes=10-', 'none'],
  ['bytes=-0', 'none'],
  // Those are to be ignored (RFC 9110, 14.2).
  ['bytes=5-4', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,3-4', undefined],
  ['items=0-1', undefined],
  ['bytes=0x1-', undefined],
])('of ten bytes “%s” is %o', (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range);
});

test('every range of several buffers is what it is of one', () => {
  const buffers = [[1, 2, 3], [], [4], [5, 6, 7, 8]].map((bytes) => Uint8Array.from(bytes));
  const whole = buffers.flatMap((bytes) => [...bytes]);
  for (let start = 0; start < whole.length; start++) {
    for (let end = start + 1; end <= whole.length; end++) {
      expect(sliceOf(buffers, { start, end }).flatMap((bytes) => [...bytes])).toEqual(whole.slice(start, end));
    }
  }
  expect(sliceOf(buffers, { start: 0, end: 3 })[0]!.buffer).toBe(buffers[0]!.buffer);
});

test.each([
  [undefined, '"a"', false],
  ['"a"', '"a"', true],
  ['"b", "a"', '"a"', true],
  ['W/"a"', '"a"', true],
  ['"a"', 'W/"a"', true],
  ['*', '"a"', true],
  ['"b"', '"a"', false],
])('If-None-Match %s names %s: %s', (header, tag, does) => {
  expect(names(header, tag)).toBe(does);
});
