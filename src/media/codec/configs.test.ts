import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../bytes/hex.ts';
import type { Kind, Track } from '../frame.ts';
import { buildAudioConfig, parseAudioConfig } from './aac.ts';
import { avcCases } from './h264-cases.ts';
import { buildAvcConfig, parseAvcConfig } from './h264-config.ts';
import { aacCases, mp3Cases } from './mpeg-audio-cases.ts';
import { codecs, describeTrack } from './table.ts';

describe.each([
  ['h264', avcCases],
  ['aac', aacCases],
  ['mp3', mp3Cases],
] as const)('a config of %s', (codec, cases) => {
  test.each(cases)('tells of $name', ({ bytes, value }) => {
    expect(codecs[codec].describe(bytes)).toEqual(value);
  });

  test.each(cases)('tells nothing else of $name wherever it is cut off', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const { codecs: name, width, height, channels } = codecs[codec].describe(bytes.subarray(0, length));
      if (width !== undefined) expect([width, height]).toEqual([value.width, value.height]);
      // Without the mark of parametric stereo at its end, one channel is what is told.
      if (channels !== undefined) expect(channels).toBeLessThanOrEqual(value.channels!);
      if (codec === 'h264' && name !== undefined) expect(name).toBe(value.codecs);
    }
  });

  test.each(cases)('throws nothing at $name with a byte changed', ({ bytes }) => {
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0x7f, 0x80, 0xff]) codecs[codec].describe(bytes.with(at, value));
    }
  });
});

describe('configs are written', () => {
  test.each(avcCases.filter(({ oneWay }) => !oneWay))('as they were: avcC of $name', ({ bytes }) => {
    expect(toHex(buildAvcConfig(parseAvcConfig(bytes))!)).toBe(toHex(bytes));
  });

  test.each(aacCases.filter(({ oneWay }) => !oneWay))('as they were: $name', ({ bytes, value }) => {
    const { objectType, channelConfig } = parseAudioConfig(bytes)!;
    const rateIndex = value.sampleRate === 48_000 ? 3 : 4;
    expect(toHex(buildAudioConfig({ objectType, rateIndex, channelConfig: channelConfig! }))).toBe(toHex(bytes));
  });
});

test.each([
  [66, 0x10, 11, '1b'],
  [77, 0x00, 11, '1.1'],
  [100, 0x10, 11, '1.1'],
  [100, 0x00, 9, '1b'],
  [77, 0x10, 31, '3.1'],
  [66, 0x00, 52, '5.2'],
])('H.264 of profile %i with the flags %i and the number %i is level %s', (profile, flags, number, level) => {
  const avcC = Uint8Array.of(1, profile, flags, number, 0xff, 0xe1, 0, 5, 0x67, profile, flags, number, 0x80);
  expect(codecs.h264.describe(avcC)).toMatchObject({ level });
});

test('an SPS of which only the profile can be read makes an avcC without chroma', () => {
  const sps = fromHex('67640028');
  const pps = fromHex('68ee');
  expect(toHex(buildAvcConfig({ sps: [sps], pps: [pps], spsExtensions: [] })!)).toBe(
    '01640028ffe100046764002801000268ee',
  );
  expect(buildAvcConfig({ sps: [sps], pps: [], spsExtensions: [] })).toBeUndefined();
  expect(buildAvcConfig({ sps: [], pps: [pps], spsExtensions: [] })).toBeUndefined();
});

test('data tracks have nothing to tell', () => {
  for (const codec of ['amf', 'captions', 'klv', 'id3'] as const) {
    expect(describeTrack({ id: 3, kind: 'data', codec, config: Uint8Array.of(1, 2, 3) })).toEqual({});
  }
});

test('every codec is in the table under its name and kind', () => {
  for (const [name, codec] of Object.entries(codecs)) expect(codec.name).toBe(name);
  const of = (kind: Kind): string[] =>
    Object.values(codecs)
      .filter((codec) => codec.kind === kind)
      .map(({ name }) => name);
  expect(of('video')).toEqual(['h264', 'h265', 'av1', 'vp9', 'vp8']);
  expect(of('audio')).toEqual(['aac', 'mp3', 'opus', 'flac', 'ac3', 'eac3', 'pcma', 'pcmu']);
  expect(of('data')).toEqual(['amf', 'captions', 'klv', 'id3']);
});

describe('a track tells', () => {
  const vp9: Track = { id: 1, kind: 'video', codec: 'vp9', config: fromHex('000b820202020000') };

  test('the size and the colours that its config leaves open, where somebody else knows them', () => {
    const color = { config: { bitDepth: 10, primaries: 9, transfer: 16, matrix: 9 } };
    expect(describeTrack({ ...vp9, color, size: { width: 640, height: 360 } })).toMatchObject({
      width: 640,
      height: 360,
      bitDepth: 8,
      color: { primaries: 9, transfer: 16, matrix: 9, fullRange: false },
    });
    expect(describeTrack(vp9)).not.toHaveProperty('width');
  });

  test('what its config says of colours, whatever its publisher does', () => {
    const hdr: Track = {
      ...vp9,
      config: fromHex('020aa20910090000'),
      color: { config: { primaries: 1, transfer: 1 } },
    };
    expect(describeTrack(hdr).color).toMatchObject({ primaries: 9, transfer: 16, matrix: 9 });
  });
});
