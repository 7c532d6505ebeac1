import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { vp8 } from './vp8.ts';
import { vp9 } from './vp9.ts';
import { parseVp9Frame, splitSuperframe } from './vp9-frame.ts';
import { superframeCases, vp9FrameCases } from './vp9-frame-cases.ts';
import { vp8Cases, vp9Cases } from './vpx-cases.ts';
import { buildVpxConfig, parseVpxConfig, vpxLevel } from './vpx-config.ts';

describe.each([
  { codec: vp8, cases: vp8Cases },
  { codec: vp9, cases: vp9Cases },
])('a config of $codec.name', ({ codec, cases }) => {
  test.each(cases)('tells of $name', ({ bytes, value }) => {
    expect(codec.describe(bytes)).toEqual(value);
  });

  test.each(cases)('tells nothing else of $name wherever it is cut off', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const info = codec.describe(bytes.subarray(0, length));
      if (info.profile !== undefined) expect(info).toEqual(value);
    }
  });

  test.each(cases)('throws nothing at $name with a byte changed', ({ bytes }) => {
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0x7f, 0x80, 0xff]) codec.describe(bytes.with(at, value));
    }
  });

  test.each(cases.filter(({ oneWay }) => !oneWay))('is written as it was: $name', ({ bytes }) => {
    expect(toHex(buildVpxConfig(parseVpxConfig(bytes)!))).toBe(toHex(bytes));
  });
});

describe('a VP9 frame', () => {
  test.each(vp9FrameCases)('is read: $name', ({ bytes, value }) => {
    expect(parseVp9Frame(bytes)).toEqual(value);
  });

  test.each(vp9FrameCases)('is nothing else wherever it is cut off: $name', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const frame = parseVp9Frame(bytes.subarray(0, length));
      if (frame) expect(frame).toEqual(value);
    }
  });
});

test.each(superframeCases)('a superframe with $name is split', ({ bytes, value }) => {
  expect(splitSuperframe(bytes).map(({ start, end }) => toHex(bytes.subarray(start, end)))).toEqual(value);
});

test.each([
  [64, 64, 10],
  [256, 144, 10],
  [640, 360, 21],
  [1280, 720, 31],
  [1920, 1080, 40],
  [3840, 2160, 50],
  [7680, 4320, 60],
  [16_384, 16_384, 62],
])('%i by %i is at least of level number %i', (width, height, level) => {
  expect(vpxLevel(width, height)).toBe(level);
});
