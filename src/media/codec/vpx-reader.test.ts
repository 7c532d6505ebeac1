import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { vp9FrameCases } from './vp9-frame-cases.ts';
import { vpxUnitCases } from './vpx-cases.ts';
import { MAX_UNIT } from './video-reader.ts';
import { VpxReader } from './vpx-reader.ts';

const frameOf = (name: string): Uint8Array => vp9FrameCases.find((item) => item.name === name)!.bytes;
const KEY = frameOf('BT.709');
const INTER = frameOf('an inter frame');
const TEN_BITS = frameOf('10 bits of BT.2020');

/** Level 4.1 where the frames' size asks for 2.1 only. */
const GIVEN = fromHex('0029820101010000');

function given(hex: string): VpxReader {
  const reader = new VpxReader('vp9');
  reader.configure(fromHex(hex));
  return reader;
}

describe('the VP8 and VP9 reader', () => {
  test.each(vpxUnitCases)('reads $name', ({ codec, bytes, value }) => {
    const reader = new VpxReader(codec);
    const { data, key, size, config } = reader.read(bytes);
    expect(data).toBe(bytes);
    expect({ key, size, config: config && toHex(config) }).toEqual(value);
    expect(reader.read(bytes).config).toBeUndefined();
  });

  test.each(vpxUnitCases)('throws nothing at $name that is cut off', ({ codec, bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const unit = new VpxReader(codec).read(bytes.subarray(0, length));
      if (unit.size) expect(unit.size).toEqual(value.size);
    }
  });

  test('makes a vpcC of the first key frame, and of another size', () => {
    const reader = new VpxReader('vp9');
    expect(reader.read(INTER)).toEqual({ data: INTER, key: false });
    expect(toHex(reader.read(KEY).config!)).toBe('0015820101010000');
    expect(reader.read(KEY).config).toBeUndefined();
    const large = KEY.with(4, KEY[4]! | 0x03); // the first bits of the width
    const { size, config } = reader.read(large);
    expect(size!.width).toBeGreaterThan(10_000);
    expect(config![1]).toBeGreaterThan(0x15);
  });

  test('keeps the vpcC given where frames agree', () => {
    const reader = new VpxReader('vp9');
    expect(toHex(reader.configure(GIVEN)!)).toBe(toHex(GIVEN));
    expect(reader.configure(GIVEN.slice())).toBeUndefined();
    expect(reader.read(KEY).config).toBeUndefined();
    expect(toHex(reader.config!)).toBe(toHex(GIVEN));
  });

  test('takes version and flags from the vpcC given', () => {
    expect(toHex(new VpxReader('vp9').configure(fromHex('010000000029820101010000'))!)).toBe(toHex(GIVEN));
  });

  test('keeps the place of chroma and the HDR that only the vpcC tells of', () => {
    const hdr = '0229a00910090000';
    expect(given(hdr).read(TEN_BITS).config).toBeUndefined();
  });

  test('believes the frame about depth and profile', () => {
    expect(toHex(given(toHex(GIVEN)).read(TEN_BITS).config!)).toBe('0215a20902090000');
    expect(toHex(given('0229c20910090000').read(TEN_BITS).config!)).toBe('0215a20902090000');
    expect(toHex(given('0029860910090000').read(frameOf('4:4:4')).config!)).toBe('0115860101010000');
    const fullRange = given('0029830101010000');
    expect(toHex(fullRange.read(KEY).config!)).toBe(toHex(GIVEN));
    expect(fullRange.configure(fromHex('0029830101010000'))).toBeUndefined();
    expect(toHex(given('0029860101010000').read(KEY).config!)).toBe('0015820101010000');
  });

  test('finds the level and the colours that the vpcC does not tell', () => {
    const reader = new VpxReader('vp9');
    expect(reader.configure(fromHex('0000820202020000'))).toBeUndefined();
    expect(reader.config).toBeUndefined();
    expect(toHex(reader.read(KEY).config!)).toBe('0015820101010000');
    expect(reader.configure(fromHex('0000820202020000'))).toBeUndefined();
  });

  test('takes the level that the size asks for where the vpcC has a lower one', () => {
    expect(toHex(given('000a820101010000').read(KEY).config!)).toBe('0015820101010000');
  });

  test('believes the frame about colours where the vpcC has zeros', () => {
    const reader = new VpxReader('vp9');
    expect(toHex(reader.configure(fromHex('0015820000000000'))!)).toBe('0015820202020000');
    expect(toHex(reader.read(KEY).config!)).toBe('0015820101010000');
  });

  test('a flood of sizes is above the limit', () => {
    const reader = new VpxReader('vp9');
    const wide = KEY.with(5, KEY[5]! ^ 0x10);
    const flood = (): void => {
      for (let i = 0; i < 200; i++) reader.read(i % 2 === 0 ? KEY : wide);
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  test('passes over a config that is no vpcC', () => {
    const reader = new VpxReader('vp9');
    expect(reader.configure(fromHex('010100020110'))).toBeUndefined();
    expect(reader.configure(new Uint8Array(0))).toBeUndefined();
    expect(reader.read(KEY).config).toBeDefined();
  });

  test('takes a superframe for key where its first frame is', () => {
    const index = (...sizes: number[]): number[] => [0xc0 | (sizes.length - 1), ...sizes, 0xc0 | (sizes.length - 1)];
    const both = Uint8Array.of(...KEY, ...INTER, ...index(KEY.length, INTER.length));
    expect(new VpxReader('vp9').read(both)).toMatchObject({ key: true, size: { width: 640, height: 360 } });
    const reversed = Uint8Array.of(...INTER, ...KEY, ...index(INTER.length, KEY.length));
    expect(new VpxReader('vp9').read(reversed).key).toBe(false);
  });

  test('refuses a frame above 16 MiB', () => {
    const large = new Uint8Array(MAX_UNIT + 1);
    expect(new VpxReader('vp8').read(large.subarray(1)).key).toBe(false);
    expect(() => new VpxReader('vp8').read(large)).toThrow(ProtocolError);
  });
});
