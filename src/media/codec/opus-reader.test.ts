import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { opusHeadCases } from './audio-cases.ts';
import { parseOpusHead } from './opus.ts';
import { OpusReader } from './opus-reader.ts';

const [MONO_HEAD, STEREO_HEAD] = [opusHeadCases[0]!.bytes, opusHeadCases[1]!.bytes];
const [MONO, STEREO, BROKEN] = [fromHex('f8aabb'), fromHex('fcaabb'), fromHex('f9aabbcc')];
const TAGS = fromHex('4f70757354616773000000000000000000');

const channelsOf = (config: Uint8Array | undefined): number | undefined => config && parseOpusHead(config).channels;

describe('a reader of Opus', () => {
  test('keeps the OpusHead that it is given, and takes the tags for nothing', () => {
    const reader = new OpusReader();
    expect(toHex(reader.configure(STEREO_HEAD)!)).toBe(toHex(STEREO_HEAD));
    expect(reader.configure(TAGS)).toBeUndefined();
    expect(reader.configure(STEREO_HEAD.slice())).toBeUndefined();
    expect(reader.configure(MONO_HEAD)).toEqual(MONO_HEAD);
    expect(() => reader.configure(BROKEN)).toThrow(ProtocolError);
    expect(reader.config).toEqual(MONO_HEAD);
  });

  test('gives packets as they came, with their length, and leaves out what is none', () => {
    const reader = new OpusReader();
    reader.configure(STEREO_HEAD);
    expect(reader.read(STEREO)).toEqual([{ data: STEREO, samples: 960 }]);
    expect(reader.read(BROKEN)).toEqual([]);
    expect(reader.read(new Uint8Array(0))).toEqual([]);
  });

  test('makes an OpusHead of the first packet where none was sent', () => {
    const reader = new OpusReader();
    const [unit] = reader.read(STEREO);
    expect(channelsOf(unit?.config)).toBe(2);
    expect(reader.config).toBe(unit?.config);
    expect(reader.read(MONO)[0]).not.toHaveProperty('config');
  });

  test('makes two channels of one once a packet is stereo, and stays with them', () => {
    const reader = new OpusReader();
    const channels = [MONO, MONO, STEREO, MONO, STEREO].map((bytes) => channelsOf(reader.read(bytes)[0]?.config));
    expect(channels).toEqual([1, undefined, 2, undefined, undefined]);
  });

  test('does not doubt an OpusHead', () => {
    const reader = new OpusReader();
    reader.configure(MONO_HEAD);
    expect(reader.read(STEREO)).toEqual([{ data: STEREO, samples: 960 }]);
    expect(reader.arrange({ channels: 6, order: 'unspecified', speakers: [] })).toBeUndefined();
    expect(reader.config).toEqual(MONO_HEAD);
  });

  test('takes the arrangement of channels until an OpusHead comes', () => {
    const reader = new OpusReader();
    expect(channelsOf(reader.arrange({ channels: 3, order: 'unspecified', speakers: [] }))).toBe(3);
    // Two streams, the first one with its length.
    expect(reader.read(fromHex('fc01aaf8bb'))).toHaveLength(1);
    expect(reader.read(STEREO)).toEqual([]);
    expect(reader.configure(STEREO_HEAD)).toEqual(STEREO_HEAD);
    expect(reader.read(STEREO)).toHaveLength(1);
  });
});
