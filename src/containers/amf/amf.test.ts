import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { toHex } from '../../media/bytes/hex.ts';
import { amf0Cases, amf3Cases, refusedCases } from './cases.ts';
import { AmfDate, amfObject, decodeAmf0, decodeAmf3Command, EcmaArray, encodeAmf0, isAmfObject } from './index.ts';

const all = [...amf0Cases, ...amf3Cases];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('AMF', () => {
  test.each(all)('decodes $name', ({ bytes, value }) => {
    expect(decodeAmf0(bytes)).toEqual(value);
  });

  test.each(amf0Cases.filter(({ oneWay }) => !oneWay))('encodes $name', ({ bytes, value }) => {
    expect(toHex(encodeAmf0(...value))).toBe(toHex(bytes));
  });

  test.each(all)('decodes $name again after encoding it', ({ bytes }) => {
    const value = decodeAmf0(bytes);
    expect(decodeAmf0(encodeAmf0(...value))).toStrictEqual(value);
  });

  test.each(all)('throws a protocol error or gives fewer values wherever $name is cut off', ({ bytes }) => {
    const whole = decodeAmf0(bytes).length;
    for (let length = 0; length < bytes.length; length++) {
      let values = 0;
      const code = codeOf(() => (values = decodeAmf0(bytes.subarray(0, length)).length));
      if (code === 'nothing was thrown') expect(values).toBeLessThanOrEqual(whole);
      else expect(code).toBe('protocol-error');
    }
  });

  test.each(refusedCases)('refuses $name', ({ bytes, code }) => {
    expect(codeOf(() => decodeAmf0(bytes))).toBe(code);
  });

  test('names of the language land as plain names (S-38)', () => {
    const evil = amfObject(JSON.parse('{"__proto__":1,"constructor":2,"toString":3}'));
    const [value] = decodeAmf0(encodeAmf0(evil));
    expect(isAmfObject(value) && Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const [empty] = decodeAmf0(encodeAmf0({}));
    expect(isAmfObject(empty) && empty['constructor']).toBeUndefined();
    expect(isAmfObject(empty) && '__proto__' in empty).toBe(false);
  });

  test('an undefined entry stays an entry', () => {
    const [value] = decodeAmf0(encodeAmf0({ a: undefined }));
    expect(isAmfObject(value) && Object.keys(value)).toEqual(['a']);
  });

  test('an ECMA array is written with its count', () => {
    expect(toHex(encodeAmf0(new EcmaArray({ a: true, b: null })))).toBe('0800000002000161010100016205000009');
  });

  test('a string above 65 535 bytes is written as a long one', () => {
    const text = 'x'.repeat(65_536);
    const bytes = encodeAmf0(text);
    expect(bytes[0]).toBe(0x0c);
    expect(decodeAmf0(bytes)).toEqual([text]);
  });

  test('bytes of any length survive', () => {
    for (const length of [0, 63, 64, 8191, 8192, 70_000]) {
      const bytes = new Uint8Array(length).fill(7);
      expect(decodeAmf0(encodeAmf0(bytes))).toEqual([bytes]);
    }
  });

  test('a value that contains itself is refused by the encoder', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(codeOf(() => encodeAmf0(loop as never))).toBe('limit-exceeded');
  });

  test('exactly the allowed depth passes both ways', () => {
    let value: unknown = [];
    for (let i = 1; i < 32; i++) value = [value];
    const bytes = encodeAmf0(value as never);
    expect(decodeAmf0(bytes)).toEqual([value]);
    expect(codeOf(() => encodeAmf0([value] as never))).toBe('limit-exceeded');
    expect(codeOf(() => decodeAmf0(Uint8Array.of(0x0a, 0, 0, 0, 1, ...bytes)))).toBe('limit-exceeded');
  });

  test('what a reference repeats counts with its depth', () => {
    const nested = (levels: number): number[] => Array.from({ length: levels }, () => [0x0a, 0, 0, 0, 1]).flat();
    // A list of two: a value of 16 levels, and below more levels a reference to it.
    const message = (levels: number): Uint8Array =>
      Uint8Array.from([0x0a, 0, 0, 0, 2, ...nested(16), 5, ...nested(levels), 7, 0, 1]);
    expect(codeOf(() => decodeAmf0(message(15)))).toBe('nothing was thrown');
    expect(codeOf(() => decodeAmf0(message(16)))).toBe('limit-exceeded');
    const value = decodeAmf0(message(15));
    expect(decodeAmf0(encodeAmf0(...value))).toStrictEqual(value);
  });

  test('an AMF3 command has a byte 0 before its AMF0 values', () => {
    const bytes = encodeAmf0('connect', 1, null);
    expect(decodeAmf3Command(Uint8Array.of(0, ...bytes, 0x11, 0x04, 0x05))).toEqual(['connect', 1, null, 5]);
    expect(decodeAmf3Command(bytes)).toEqual(['connect', 1, null]);
  });

  test('a date is no object with names', () => {
    expect(isAmfObject(new AmfDate(0))).toBe(false);
    expect(isAmfObject([])).toBe(false);
    expect(isAmfObject(null)).toBe(false);
  });

  test('limits can be set lower', () => {
    const limits = { depth: 1, nodes: 2, string: 3, total: 20 };
    expect(codeOf(() => decodeAmf0(encodeAmf0([[]]), limits))).toBe('limit-exceeded');
    expect(codeOf(() => decodeAmf0(encodeAmf0(null, null, null), limits))).toBe('limit-exceeded');
    expect(codeOf(() => decodeAmf0(encodeAmf0('four'), limits))).toBe('limit-exceeded');
    expect(codeOf(() => decodeAmf0(encodeAmf0(1, 2, 3).subarray(0, 27), { ...limits, nodes: 9 }))).toBe(
      'limit-exceeded',
    );
  });
});
