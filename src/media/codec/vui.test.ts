import { expect, test } from 'vitest';
import { BitReader } from '../bytes/bit-reader.ts';
import { fromHex } from '../bytes/hex.ts';
import { rateOf, readAspect, readColor } from './vui.ts';

test('sample aspect ratios are those of table E-1', () => {
  const ratios = Array.from({ length: 18 }, (_, index) => readAspect(new BitReader(Uint8Array.of(index)))?.join(':'));
  const television = [
    '12:11',
    '10:11',
    '16:11',
    '40:33',
    '24:11',
    '20:11',
    '32:11',
    '80:33',
    '18:11',
    '15:11',
    '64:33',
  ];
  expect(ratios).toEqual([undefined, '1:1', ...television, '160:99', '4:3', '3:2', '2:1', undefined]);
});

test.each([
  [25, 1, 25],
  [60_000, 1001, 60_000 / 1001],
  [1000, 1, 1000],
  [1001, 1, undefined],
  [1, 1000, 0.001],
  [1, 1001, undefined],
  [0, 1, undefined],
  [1, 0, undefined],
  [0, 0, undefined],
])('a clock of %i units a second and pictures of %i has the rate %d', (scale, units, rate) => {
  expect(rateOf(scale, units)).toBe(rate);
});

test.each([
  ['a0', undefined],
  ['b0', { primaries: 2, transfer: 2, matrix: 2, fullRange: true }],
  ['a8488048', { primaries: 9, transfer: 16, matrix: 9, fullRange: false }],
  ['a8101010', undefined],
  ['a8101028', { primaries: 2, transfer: 2, matrix: 5, fullRange: false }],
  ['a8000000', undefined],
  ['a8080800', { primaries: 1, transfer: 1, matrix: 2, fullRange: false }],
])('a video signal of %s has the colours %o', (hex, color) => {
  expect(readColor(new BitReader(fromHex(hex)), false)).toEqual(color);
});

test('the matrix 0 is RGB, which only 4:4:4 can be', () => {
  expect(readColor(new BitReader(fromHex('b8086800')), true)).toMatchObject({ primaries: 1, transfer: 13, matrix: 0 });
  expect(readColor(new BitReader(fromHex('a8000000')), true)).toBeUndefined();
});
