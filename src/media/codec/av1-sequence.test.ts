import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { av1 } from './av1.ts';
import { av1Cases } from './av1-cases.ts';
import { av1ConfigOf, buildAv1Config, parseAv1Config, sequenceHeaderIn } from './av1-config.ts';
import { obuLimits } from './av1-obu.ts';
import { parseSequenceHeader } from './av1-sequence.ts';
import { sequenceCases } from './av1-sequence-cases.ts';

describe('a sequence header', () => {
  test.each(sequenceCases)('with $name gives what can be known', ({ bytes, value }) => {
    const sequence = parseSequenceHeader(bytes);
    for (const [name, wanted] of Object.entries(value)) expect(sequence?.[name as 'width'], name).toEqual(wanted);
  });

  test.each(sequenceCases)('with $name gives nothing else wherever it is cut off', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const { width, frameRate, format } = parseSequenceHeader(bytes.subarray(0, length)) ?? {};
      if (width !== undefined) expect(width).toBe(parseSequenceHeader(bytes)?.width);
      if (frameRate !== undefined) expect(frameRate).toBe(value.frameRate);
      if (format && value.format) expect(format).toEqual(value.format);
    }
  });

  test.each(sequenceCases.filter(({ value }) => value.format))('with $name makes an av1C', ({ bytes, value }) => {
    const config = parseAv1Config(av1ConfigOf(bytes)!);
    expect(value.format).toMatchObject({
      highBitDepth: config.highBitDepth,
      twelveBit: config.twelveBit,
      monochrome: config.monochrome,
      subsamplingX: config.subsamplingX,
      subsamplingY: config.subsamplingY,
      chromaPosition: config.chromaPosition,
    });
    expect(toHex(sequenceHeaderIn(config.obus)!)).toBe(toHex(bytes));
  });

  test('of nothing, or above 1 KiB, is not read at all', () => {
    const long = new Uint8Array(obuLimits.sequenceHeader + 1);
    expect(parseSequenceHeader(long)).toBeUndefined();
    expect(parseSequenceHeader(long.subarray(1))).toMatchObject({ profile: 0 });
    expect(parseSequenceHeader(new Uint8Array(0))).toBeUndefined();
  });

  test('that cannot be read makes no av1C', () => {
    for (const name of ['a reserved profile', 'an end before the size', 'an end behind the size']) {
      expect(av1ConfigOf(sequenceCases.find((item) => item.name === name)!.bytes)).toBeUndefined();
    }
  });
});

describe('a config of AV1', () => {
  test.each(av1Cases)('tells of $name', ({ bytes, value }) => {
    expect(av1.describe(bytes)).toEqual(value);
  });

  test.each(av1Cases)('tells nothing else of $name wherever it is cut off', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const info = av1.describe(bytes.subarray(0, length));
      if (info.width !== undefined) expect([info.width, info.height]).toEqual([value.width, value.height]);
      expect([undefined, value.profile]).toContain(info.profile);
      expect([undefined, value.bitDepth]).toContain(info.bitDepth);
    }
  });

  test.each(av1Cases)('throws nothing at $name with a byte changed', ({ bytes }) => {
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0x7f, 0x80, 0xff]) av1.describe(bytes.with(at, value));
    }
  });

  test.each(av1Cases.filter(({ oneWay }) => !oneWay))('is written as it was: $name', ({ bytes }) => {
    const config = parseAv1Config(bytes);
    expect(toHex(buildAv1Config(config))).toBe(toHex(bytes));
    expect(toHex(av1ConfigOf(sequenceHeaderIn(config.obus)!)!)).toBe(toHex(bytes));
  });

  test.each([0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x03])('keeps the flags %i', (flags) => {
    const bytes = Uint8Array.of(0x81, 0x28, flags, 0);
    expect(toHex(buildAv1Config(parseAv1Config(bytes)))).toBe(toHex(bytes));
  });

  test('keeps the delay before the first picture', () => {
    const bytes = av1Cases[0]!.bytes.with(3, 0x19);
    const config = parseAv1Config(bytes);
    expect(config.presentationDelay).toBe(10);
    expect(toHex(buildAv1Config(config))).toBe(toHex(bytes));
  });
});
