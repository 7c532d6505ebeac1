import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../bytes/hex.ts';
import { captionsOf } from './captions.ts';
import { seiMessages } from './sei.ts';

const messages = (hex: string): [number, string][] =>
  seiMessages(fromHex(hex)).map(({ type, payload }) => [type, toHex(payload)]);

/** T.35, ATSC, cc_data with `count` packets. */
const cc = (count: number, packets: string, size = 11 + count * 3): string =>
  `06 04 ${size.toString(16).padStart(2, '0')} b5 0031 47413934 03 ${(0x40 | count).toString(16)} ff ${packets} ff 80`;

describe('SEI', () => {
  test('is taken apart into its messages', () => {
    expect(messages('06 01 02 aabb 06 01 cc 80')).toEqual([
      [1, 'aabb'],
      [6, 'cc'],
    ]);
  });

  test('may end without a stop bit', () => {
    expect(messages('06 04 01 aa')).toEqual([[4, 'aa']]);
  });

  test('counts types and sizes beyond 255', () => {
    expect(messages(`06 ff01 ff02 ${'00 01'.repeat(128)} 05 80`.replace(' 05 80', ' 0580'))).toEqual([
      [256, `${'0001'.repeat(128)}05`],
    ]);
  });

  test('is read without its emulation prevention', () => {
    expect(messages('06 05 04 000003 0001 80')).toEqual([[5, '00000001']]);
  });

  test.each([['06'], ['06 80'], ['06 ff'], ['06 ffffffff'], ['06 04 ff'], ['06 04 10 aa']])(
    '%s holds nothing whole',
    (hex) => {
      expect(messages(hex)).toEqual([]);
    },
  );

  test('has at most 64 messages that are read', () => {
    expect(messages(`06 ${'0400'.repeat(100)} 80`)).toHaveLength(64);
  });

  test('above 64 KiB is not looked into', () => {
    expect(seiMessages(new Uint8Array(65_537))).toEqual([]);
  });
});

describe('captions', () => {
  test('are the valid packets', () => {
    expect(toHex(captionsOf([fromHex(cc(3, 'fc9420 f80000 fe0102'))])!)).toBe('fc9420fe0102');
  });

  test('of several messages come together', () => {
    const two = `${cc(1, 'fc9420').slice(0, -3)} ${cc(1, 'fd1122').slice(3)}`;
    expect(toHex(captionsOf([fromHex(two)])!)).toBe('fc9420fd1122');
  });

  test('of several units come together, up to four messages full', () => {
    const full = fromHex(cc(31, 'fc9420'.repeat(31)));
    const units = (count: number): Uint8Array[] => Array.from({ length: count }, () => full);
    expect(captionsOf(units(4))).toHaveLength(4 * 31 * 3);
    expect(captionsOf(units(5))).toHaveLength(4 * 31 * 3);
  });

  test.each([
    ['no valid packet', cc(2, 'f80000 f80000')],
    ['the flag off', cc(1, 'fc9420').replace(' 41 ', ' 01 ')],
    ['another country', cc(1, 'fc9420').replace('b5', 'b4')],
    ['another provider', cc(1, 'fc9420').replace('0031', '002f')],
    ['another type of data', cc(1, 'fc9420').replace('47413934 03', '47413934 06')],
    ['a count that lies', cc(31, '', 11).replace(' 5f ', ' 5f ')],
    ['a size that lies', cc(1, 'fc9420', 200)],
    ['text of an encoder', `06 05 12 ${'b5'.repeat(18)} 80`],
  ])('are none with %s', (_, hex) => {
    expect(captionsOf([fromHex(hex)])).toBeUndefined();
  });
});
