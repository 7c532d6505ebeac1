import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { BitReader } from './bit-reader.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { concatBytes, equalBytes } from './bytes.ts';
import { fromHex, toHex } from './hex.ts';

describe('the byte reader', () => {
  test('reads what the writer wrote', () => {
    const writer = new ByteWriter(1);
    writer.u8(0x1ff);
    writer.u16(-2);
    writer.u24(-3);
    writer.u24(0x12_3456);
    writer.u32(0xdead_beef);
    writer.f64(-1.5);
    writer.bytes(Uint8Array.of(1, 2, 3));
    writer.utf8('é');
    expect(writer.length).toBe(26);
    const reader = new ByteReader(writer.finish());
    expect([reader.u8(), reader.i16(), reader.i24(), reader.u24(), reader.u32(), reader.f64()]).toEqual([
      0xff, -2, -3, 0x12_3456, 0xdead_beef, -1.5,
    ]);
    expect([toHex(reader.take(3)), toHex(reader.rest()), reader.left]).toEqual(['010203', 'c3a9', 0]);
  });

  test('reads unsigned numbers', () => {
    const reader = new ByteReader(fromHex('fffe fffffd ffffffff ffffffff'));
    expect([reader.u16(), reader.u24(), reader.u32(), reader.i32()]).toEqual([0xfffe, 0xff_fffd, 0xffff_ffff, -1]);
  });

  test('reads from the middle of a larger buffer', () => {
    const reader = new ByteReader(fromHex('00 0001 0203').subarray(1), 2);
    expect(reader.u16()).toBe(0x0203);
  });

  test.each([
    ['u8', 0],
    ['u16', 1],
    ['i16', 1],
    ['u24', 2],
    ['i24', 2],
    ['u32', 3],
    ['i32', 3],
    ['f64', 7],
  ] as const)('throws a protocol error where %s finds %i bytes', (name, length) => {
    const reader = new ByteReader(new Uint8Array(length));
    expect(() => reader[name]()).toThrow(ProtocolError);
    expect(reader.position).toBe(0);
  });

  test('throws a protocol error where bytes are missing', () => {
    expect(() => new ByteReader(new Uint8Array(3)).take(4)).toThrow(ProtocolError);
    expect(() => new ByteReader(new Uint8Array(3)).skip(2 ** 32)).toThrow(ProtocolError);
  });
});

describe('the bit reader', () => {
  test('reads bits over borders of bytes', () => {
    const bits = new BitReader(fromHex('a5 c3 0f'));
    expect([bits.bit(), bits.flag(), bits.bits(6), bits.bits(12), bits.left, bits.position]).toEqual([
      1,
      false,
      0x25,
      0xc30,
      4,
      20,
    ]);
  });

  test('reads 32 bits as an unsigned number', () => {
    expect(new BitReader(fromHex('ffffffff')).bits(32)).toBe(0xffff_ffff);
  });

  test.each([
    ['80', 0],
    ['28', 4],
    ['0000000100000000', 2 ** 31 - 1],
    ['00000000ff', 2 ** 32 - 1],
    ['0000000000ff', 2 ** 32 - 1],
  ])('reads the code without an end %s as %i', (hex, value) => {
    expect(new BitReader(fromHex(hex)).uvlc()).toBe(value);
  });

  test.each([
    ['80', 0, 0],
    ['40', 1, 1],
    ['60', 2, -1],
    ['20', 3, 2],
    ['28', 4, -2],
    ['0000000080000000 00', 2 ** 32 - 1, 2 ** 31],
  ])('reads the Exp-Golomb code %s as %i, signed %i', (hex, unsigned, signed) => {
    expect(new BitReader(fromHex(hex)).ue()).toBe(unsigned);
    expect(Object.is(new BitReader(fromHex(hex)).se(), signed)).toBe(true);
  });

  test('gives up after 32 leading zeros', () => {
    const bits = new BitReader(new Uint8Array(1000));
    expect(() => bits.ue()).toThrow(/32 leading zeros/);
    expect(bits.position).toBe(33);
  });

  test('throws a protocol error at the end', () => {
    const bits = new BitReader(Uint8Array.of(0xff));
    bits.skip(8);
    for (const read of [() => bits.bit(), () => bits.flag(), () => bits.bits(1), () => bits.skip(1), () => bits.ue()]) {
      expect(read).toThrow(ProtocolError);
    }
  });
});

describe('arrays of bytes', () => {
  test('are equal by content', () => {
    expect(equalBytes(fromHex('0102'), fromHex('0102'))).toBe(true);
    expect(equalBytes(fromHex('0102'), fromHex('0103'))).toBe(false);
    expect(equalBytes(fromHex('0102'), fromHex('010200'))).toBe(false);
  });

  test('are joined, and one alone is not copied', () => {
    const one = fromHex('01');
    expect(concatBytes([one])).toBe(one);
    expect(toHex(concatBytes([one, fromHex(''), fromHex('0203')]))).toBe('010203');
    expect(concatBytes([])).toHaveLength(0);
  });

  test('from digits that are none are refused', () => {
    expect(() => fromHex('0g')).toThrow(TypeError);
    expect(() => fromHex('012')).toThrow(TypeError);
  });
});
