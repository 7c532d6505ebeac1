import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../bytes/hex.ts';
import { obuCases } from './av1-cases.ts';
import { buildObu, joinObus, leb128Length, obuLimits, readLeb128, splitObus, writeLeb128 } from './av1-obu.ts';

describe('a leb128', () => {
  test.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [300, 'ac02'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [2 ** 28 - 1, 'ffffff7f'],
    [2 ** 31, '8080808008'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ])('of %i is %s', (value, hex) => {
    const bytes = fromHex(hex);
    expect(readLeb128(bytes, 0)).toEqual({ value, length: bytes.length });
    expect(leb128Length(value)).toBe(bytes.length);
    const out = new Uint8Array(bytes.length);
    expect(writeLeb128(out, 0, value)).toBe(bytes.length);
    expect(toHex(out)).toBe(hex);
  });

  test('may be longer than it has to be, up to 8 bytes', () => {
    expect(readLeb128(fromHex('8580808080808000'), 0)).toEqual({ value: 5, length: 8 });
    expect(readLeb128(fromHex('858080808080808000'), 0)).toBeUndefined();
    expect(readLeb128(fromHex('ffffffffffffffff'), 0)).toBeUndefined();
  });

  test('is below 2^32', () => {
    expect(readLeb128(fromHex('8080808010'), 0)).toBeUndefined();
    expect(readLeb128(fromHex('ffffffffffffff7f'), 0)).toBeUndefined();
  });

  test('that is cut off is none', () => {
    for (const hex of ['', '80', '80808080808080']) expect(readLeb128(fromHex(hex), 0)).toBeUndefined();
    expect(readLeb128(fromHex('05'), 1)).toBeUndefined();
  });
});

describe('a temporal unit', () => {
  test.each(obuCases)('with $name is split', ({ bytes, value }) => {
    const found = splitObus(bytes).map(({ type, payload, end }) => [type, toHex(bytes.subarray(payload, end))]);
    expect(found).toEqual(value);
  });

  test.each(obuCases)('with $name is joined, each with its size', ({ bytes, value, sized }) => {
    const joined = joinObus(bytes, splitObus(bytes));
    expect(toHex(joined)).toBe(sized ?? toHex(bytes));
    const again = splitObus(joined);
    expect(again.every((span) => span.sized)).toBe(true);
    expect(again.map(({ type, payload, end }) => [type, toHex(joined.subarray(payload, end))])).toEqual(value);
  });

  test.each(obuCases)('with $name that is cut off anywhere loses only what is cut', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      for (const [index, { type, payload, end, sized }] of splitObus(cut).entries()) {
        expect(type).toBe(value[index]![0]);
        const found = toHex(cut.subarray(payload, end));
        if (sized) expect(found).toBe(value[index]![1]);
        else expect(value[index]![1].startsWith(found)).toBe(true);
      }
    }
  });

  test('that ends within a header has one OBU less', () => {
    expect(splitObus(fromHex('1200 34'))).toHaveLength(1);
    expect(splitObus(fromHex('1200 36'))).toHaveLength(1);
  });

  test.each([
    ['has its forbidden bit set', 'b20310aaaa 1200'],
    ['has a size of nine bytes', '32ffffffffffffffff01 1200'],
    ['has a size of 2^32', '328080808010 1200'],
  ])('ends before an OBU that %s', (_, hex) => {
    expect(splitObus(fromHex(hex))).toEqual([]);
    expect(splitObus(fromHex(`1200 ${hex}`))).toHaveLength(1);
  });

  test('of more OBUs or bytes than the limit is refused', () => {
    const limits = { ...obuLimits, unit: 20, count: 3 };
    expect(splitObus(fromHex('120012001200'), limits)).toHaveLength(3);
    expect(() => splitObus(fromHex('1200120012001200'), limits)).toThrow(/more than 3 OBUs/);
    expect(splitObus(new Uint8Array(20).fill(0x10), limits)).toHaveLength(1);
    expect(() => splitObus(new Uint8Array(21).fill(0x10), limits)).toThrow(/more than 20 bytes/);
  });
});

test('an OBU is built with its size', () => {
  expect(toHex(buildObu(1, fromHex('aabb')))).toBe('0a02aabb');
  expect(toHex(buildObu(15, new Uint8Array(200)).subarray(0, 4))).toBe('7ac80100');
});
