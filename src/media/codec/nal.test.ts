import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import {
  isAnnexB,
  isLengthPrefixed,
  joinAnnexB,
  joinLengthPrefixed,
  nalLimits,
  nalsOf,
  splitAnnexB,
  splitLengthPrefixed,
  toAnnexB,
  unescapeNal,
} from './nal.ts';

const cut = (data: Uint8Array, spans: { start: number; end: number }[]): string[] =>
  spans.map(({ start, end }) => toHex(data.subarray(start, end)));

describe('NAL units with start codes', () => {
  test.each([
    ['of four bytes', '00000001 6588', ['6588']],
    ['of three bytes', '000001 6588 000001 419a', ['6588', '419a']],
    ['with zeros behind them', '00000001 6588 0000 00000001 419a 000000', ['6588', '419a']],
    ['with ones inside them', '000001 01010001 000001 0101', ['01010001', '0101']],
    ['behind bytes that belong to none', 'ffff 000001 6588', ['6588']],
    ['behind a one', '01 000001 6588', ['6588']],
    ['that are empty', '000001 000001 6588 000001', ['6588']],
    ['that are not there', '00000000', []],
    ['that are not there at all', '', []],
  ])('%s', (_, hex, nals) => {
    const data = fromHex(hex);
    expect(cut(data, splitAnnexB(data))).toEqual(nals);
    expect(toHex(joinLengthPrefixed(data, splitAnnexB(data)))).toBe(
      nals.map((nal) => (nal.length / 2).toString(16).padStart(8, '0') + nal).join(''),
    );
  });

  test('are told from those with lengths', () => {
    expect(isAnnexB(fromHex('00000165'))).toBe(true);
    expect(isAnnexB(fromHex('0000000165'))).toBe(true);
    expect(isAnnexB(fromHex('0000000265'))).toBe(false);
    expect(isLengthPrefixed(fromHex('0000000165'), 4)).toBe(true);
    expect(isLengthPrefixed(fromHex('000000016588'), 4)).toBe(false);
  });
});

describe('NAL units with lengths', () => {
  test.each([
    [4, '00000002 6588 00000001 41', ['6588', '41']],
    [3, '000002 6588 000001 41', ['6588', '41']],
    [2, '0002 6588 0001 41', ['6588', '41']],
    [1, '02 6588 01 41', ['6588', '41']],
    [4, '00000000 00000001 41', ['41']],
    [4, '00000001 41 00000009 6588', ['41']],
    [4, '00000001 41 0000', ['41']],
    [4, 'ffffffff 41', []],
    [4, '', []],
  ])('of %i bytes: %s', (size, hex, nals) => {
    const data = fromHex(hex);
    expect(cut(data, splitLengthPrefixed(data, size))).toEqual(nals);
  });

  test('become start codes', () => {
    expect(toHex(toAnnexB(fromHex('00000002 6588 00000001 41')))).toBe('0000000165880000000141');
    expect(nalsOf(fromHex('00000002 6588 00000001 41')).map(toHex)).toEqual(['6588', '41']);
    expect(toHex(joinAnnexB([]))).toBe('');
  });
});

describe('the limits of an access unit', () => {
  test('are 8 MiB a NAL unit, 16 MiB in all and 1 024 units', () => {
    expect(nalLimits).toEqual({ nal: 8_388_608, unit: 16_777_216, count: 1024, parameterSet: 4096 });
  });

  test('hold for both forms', () => {
    const limits = { ...nalLimits, nal: 3, unit: 20, count: 2 };
    expect(splitLengthPrefixed(fromHex('00000003 414141'), 4, limits)).toHaveLength(1);
    expect(splitLengthPrefixed(new Uint8Array(20), 4, limits)).toHaveLength(0);
    expect(() => splitAnnexB(fromHex('000001 41414141'), limits)).toThrow(ProtocolError);
    expect(() => splitLengthPrefixed(fromHex('00000004 41414141'), 4, limits)).toThrow(ProtocolError);
    expect(() => splitAnnexB(fromHex('000001 41 000001 41 000001 41'), limits)).toThrow(/more than 2 NAL units/);
    expect(() => splitLengthPrefixed(new Uint8Array(21), 4, limits)).toThrow(/more than 20 bytes/);
    expect(() => splitAnnexB(new Uint8Array(21), limits)).toThrow(/more than 20 bytes/);
  });

  test('a stream of ones, of zeros or of start codes is scanned in linear time', () => {
    for (const pattern of [[1], [0], [0, 0, 1], [0, 0, 3]]) {
      const data = new Uint8Array(2 ** 20).map((_, i) => pattern[i % pattern.length]!);
      try {
        splitAnnexB(data);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
      unescapeNal(data);
    }
  });
});

describe('emulation prevention', () => {
  test.each([
    ['6588', '6588'],
    ['000003', '0000'],
    ['00000301', '000001'],
    ['0000030000030000', '000000000000'],
    ['00000303', '000003'],
    ['0000000300', '00000000'],
    ['000300030003', '000300030003'],
    ['030303', '030303'],
    ['', ''],
  ])('%s becomes %s', (from, to) => {
    expect(toHex(unescapeNal(fromHex(from)))).toBe(to);
  });
});
