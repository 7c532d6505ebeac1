import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { aac } from './aac.ts';
import { ac3, buildAc3Config, parseAc3Config } from './ac3.ts';
import { ac3ConfigCases, eac3ConfigCases, flacConfigCases, g711ConfigCases, opusHeadCases } from './audio-cases.ts';
import { buildEac3Config, eac3, parseEac3Config } from './eac3.ts';
import { buildFlacConfig, flac, parseFlacConfig } from './flac.ts';
import { buildG711Config, parseG711Config, pcma, pcmu } from './g711.ts';
import { buildOpusHead, isOpusTags, opus, parseOpusHead } from './opus.ts';

const g711Rebuilt = (bytes: Uint8Array): Uint8Array => buildG711Config(parseG711Config(bytes));

describe.each([
  ['opus', opus, opusHeadCases, (bytes: Uint8Array) => buildOpusHead(parseOpusHead(bytes))],
  ['flac', flac, flacConfigCases, (bytes: Uint8Array) => buildFlacConfig(parseFlacConfig(bytes))],
  ['ac3', ac3, ac3ConfigCases, (bytes: Uint8Array) => buildAc3Config(parseAc3Config(bytes))],
  ['eac3', eac3, eac3ConfigCases, (bytes: Uint8Array) => buildEac3Config(parseEac3Config(bytes))],
  ['pcma', pcma, g711ConfigCases('alaw'), g711Rebuilt],
  ['pcmu', pcmu, g711ConfigCases('ulaw'), g711Rebuilt],
] as const)('a config of %s', (name, definition, cases, rebuilt) => {
  test('goes by its name', () => {
    expect([definition.name, definition.kind]).toEqual([name, 'audio']);
  });

  test.each(cases)('tells of $name', ({ bytes, value }) => {
    expect(definition.describe(bytes)).toEqual(value);
  });

  test.each(cases)('tells nothing else of $name wherever it is cut off', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(value).toMatchObject(definition.describe(bytes.subarray(0, length)));
    }
  });

  test.each(cases)('throws nothing at $name with a byte changed', ({ bytes }) => {
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff]) definition.describe(bytes.with(at, value));
    }
  });

  test.each(cases.filter(({ value }) => value.codecs !== undefined))('is written as it was: $name', (golden) => {
    const { bytes, oneWay } = golden;
    const written = rebuilt(bytes);
    if (!oneWay) expect(toHex(written)).toBe(toHex(bytes));
    expect(definition.describe(written)).toEqual(golden.value);
  });

  test.each(cases.filter(({ value }) => value.codecs === undefined))('is refused for $name', ({ bytes }) => {
    expect(() => rebuilt(bytes)).toThrow(ProtocolError);
  });
});

test('an OpusHead has its little-endian fields where they belong', () => {
  const head = parseOpusHead(fromHex('4f707573486561640106380144ac0000 00ff 01 0402 000401020305'));
  expect(head).toEqual({
    channels: 6,
    preSkip: 312,
    inputRate: 44_100,
    gain: -256,
    family: 1,
    streams: 4,
    coupled: 2,
    mapping: [0, 4, 1, 2, 3, 5],
  });
});

test('OpusTags are known by their first bytes', () => {
  expect(isOpusTags(fromHex('4f70757354616773 00000000'))).toBe(true);
  expect(isOpusTags(fromHex('4f70757348656164'))).toBe(false);
  expect(isOpusTags(fromHex('4f7075735461'))).toBe(false);
});

test('a program config element without channels tells of none', () => {
  expect(aac.describe(fromHex('10001000000000000000'))).not.toHaveProperty('channels');
});

test('SBR of a rate that makes no sense tells of no samples', () => {
  expect(aac.describe(fromHex('29978000008800'))).not.toHaveProperty('frameSamples');
});

test('a STREAMINFO tells more than 2^32 samples', () => {
  const info = parseFlacConfig(flacConfigCases[1]!.bytes);
  for (const samples of [0, 2 ** 32 - 1, 2 ** 32 + 5, 2 ** 36 - 1]) {
    expect(parseFlacConfig(buildFlacConfig({ ...info, samples })).samples).toBe(samples);
  }
});

test('a STREAMINFO that is kept keeps no message', () => {
  const { bytes } = flacConfigCases[1]!;
  expect(parseFlacConfig(bytes).md5.buffer).not.toBe(bytes.buffer);
});

test.each([
  { sampleRate: 44_100, channels: 2 },
  { sampleRate: 8000, channels: 0 },
  { sampleRate: 8000, channels: 257 },
  { sampleRate: 257 * 8000, channels: 1 },
  { sampleRate: 0, channels: 1 },
])('G.711 of $sampleRate Hz and $channels channels has no config', (config) => {
  expect(() => buildG711Config(config)).toThrow(ProtocolError);
});
