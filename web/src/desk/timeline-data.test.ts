import { expect, test } from 'vitest';
import { columnsOf, rangeOf, withPoint } from './timeline-data.ts';

const point = (second: number, more: object = {}) => ({
  at: new Date(second * 1000).toISOString(),
  bitRate: 1_000_000,
  frameRate: 30,
  viewers: 2,
  skips: 1,
  dropped: 3,
  ...more,
});

test('points are columns, what is not known is null, and skips and dropped frames are one', () => {
  const { times, values } = columnsOf([point(100), point(102, { gop: 2, latency: 0.5 })]);
  expect(times).toEqual([100, 102]);
  expect(values).toMatchObject({ gop: [null, 2], latency: [null, 0.5], lost: [4, 4], viewers: [2, 2] });
});

test('between two broadcasts there is no line', () => {
  const { times, values } = columnsOf([point(100), point(300)]);
  expect(times).toEqual([100, 101, 300]);
  expect(values.bitRate).toEqual([1_000_000, null, 1_000_000]);
});

test('a column tells its least, its most and its last', () => {
  expect(rangeOf([null, 3, 1, 2, null])).toEqual({ low: 1, high: 3, last: 2 });
  expect(rangeOf([null])).toBeUndefined();
});

test('a newer point is added, what is an hour older goes, and a point that is known changes nothing', () => {
  const points = [point(100), point(3000)];
  expect(withPoint(points, point(3002)).map(({ at }) => Date.parse(at) / 1000)).toEqual([100, 3000, 3002]);
  expect(withPoint(points, point(3702)).map(({ at }) => Date.parse(at) / 1000)).toEqual([3000, 3702]);
  expect(withPoint(points, point(3000))).toBe(points);
});
