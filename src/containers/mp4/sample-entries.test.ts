import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { toHex } from '../../media/bytes/hex.ts';
import { describeTrack } from '../../media/codec/table.ts';
import { sample } from '../contract-samples.ts';
import { boxesIn } from './box-reader.ts';
import { entryCases, unreadEntries } from './entry-cases.ts';
import { isCarried, sampleEntry } from './init.ts';
import { readSampleEntry } from './sample-entry-reader.ts';

const written = entryCases.filter(({ oneWay }) => !oneWay);

describe('a sample entry is written', () => {
  test.each(written)('$name', ({ track, bytes }) => {
    expect(toHex(sampleEntry(track)!)).toBe(toHex(bytes));
  });
});

describe('a sample entry is read', () => {
  test.each(entryCases)('$name', ({ track, bytes, inSamples }) => {
    const [box] = boxesIn(bytes);
    const { codec, config, color, size } = readSampleEntry(track.kind, box!);
    // Readers take a vpcC with its version and flags.
    const known =
      codec === 'vp9' || codec === 'vp8' ? config.subarray(4) : codec === 'flac' ? withMagic(config) : config;
    expect({ codec, config: toHex(known), color }).toEqual({
      codec: track.codec,
      config: inSamples ? '' : toHex(track.config),
      color: track.color,
    });
    if (track.kind === 'video') {
      const { width, height } = describeTrack(track);
      expect(size).toEqual({ width, height });
    }
  });

  test.each(unreadEntries)('and left out: $name', ({ kind, bytes, called }) => {
    expect(readSampleEntry(kind, boxesIn(bytes)[0]!)).toMatchObject({ codec: undefined, name: called });
  });

  test.each(entryCases)('or refused where it is cut off: $name', ({ track, bytes }) => {
    for (let end = 8; end < bytes.length; end++) {
      const part = { type: boxesIn(bytes)[0]!.type, body: bytes.subarray(8, end) };
      try {
        readSampleEntry(track.kind, part);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  });
});

test('a track whose config cannot be read has none, nor has data', () => {
  const none = new Uint8Array(0);
  for (const track of [sample.video, sample.audio, sample.mp3]) {
    expect(sampleEntry({ ...track, config: none })).toBeUndefined();
    expect(isCarried({ ...track, config: none })).toBe(false);
  }
  expect(sampleEntry({ id: 2, kind: 'audio', codec: 'opus', config: Uint8Array.of(1, 2, 3) })).toBeUndefined();
  expect(isCarried(sample.data)).toBe(false);
  expect(isCarried({ id: 3, kind: 'data', codec: 'id3', config: none })).toBe(true);
});

function withMagic(config: Uint8Array): Uint8Array {
  return Uint8Array.of(0x66, 0x4c, 0x61, 0x43, ...config);
}
