import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { toHex } from '../../media/bytes/hex.ts';
import type { MediaEvent } from '../demuxer.ts';
import { flvBody, flvColorBody, flvConfigBody } from './body.ts';
import { avcConfigBody, flvCases } from './cases.ts';
import type { FlvCase, FlvSummary } from './flv-case.ts';
import { FlvDemuxer } from './flv-demuxer.ts';
import { flvHeader, flvTag, tagType } from './tag.ts';
import { FlvTagDecoder } from './tag-decoder.ts';

const MS = 1000;
/** Time of the tags, ms. */
const AT = 40;
/** Ids from here on are of tracks that are not the first of their kind. */
const FURTHER = 0x100;

function summary(events: readonly MediaEvent[], decoder: FlvTagDecoder, droppedBefore = 0): FlvSummary[] {
  const found = events.map((event): FlvSummary => {
    const { id, codec, config, color, size } = event.type === 'track' ? event.track : event.frame.track;
    const further = id >= FURTHER ? { id } : {};
    if (event.type === 'track') {
      const told = { ...(color && { color }), ...(size && { size: `${size.width}x${size.height}` }) };
      return { track: codec, ...further, config: toHex(config), ...told };
    }
    const { dts, pts, key, data } = event.frame;
    const late = (dts - AT * MS) % MS;
    return { frame: codec, ...further, cts: (pts - dts) / MS, key, data: toHex(data), ...(late && { late }) };
  });
  for (const { kind, codec } of decoder.unsupported) found.push({ unsupported: `${kind} ${codec}` });
  if (decoder.dropped > droppedBefore) found.push({ dropped: decoder.dropped - droppedBefore });
  return found;
}

function bodyOf(event: MediaEvent): Uint8Array {
  if (event.type === 'frame') return flvBody(event.frame);
  return flvColorBody(event.track) ?? flvConfigBody(event.track) ?? event.track.config;
}

function decode({ type, before = [], bytes }: FlvCase): { events: MediaEvent[]; decoder: FlvTagDecoder } {
  const decoder = new FlvTagDecoder();
  for (const body of before) decoder.decode(type, 0, body);
  return { events: decoder.decode(type, AT, bytes), decoder };
}

describe('the FLV tag decoder', () => {
  test.each(flvCases)('reads $name', (item) => {
    const { events, decoder } = decode(item);
    expect(summary(events, decoder)).toEqual(item.value);
    for (const event of events) if (event.type === 'frame') expect(Math.floor(event.frame.dts / MS)).toBe(AT);
  });

  test.each(flvCases.filter(({ oneWay }) => !oneWay))('writes $name again', (item) => {
    const { events } = decode(item);
    const [last] = events.slice(-1);
    expect(last).toBeDefined();
    expect(toHex(bodyOf(last!))).toBe(toHex(item.bytes));
  });

  test.each(flvCases)('reads $name wherever the stream is cut', ({ type, before = [], bytes }) => {
    const parts = [...before, bytes].map((body) => flvTag(type, AT, body));
    const file = concatBytes([flvHeader({ audio: true, video: true }), ...parts]);
    const whole = new FlvDemuxer();
    const wanted = summary(whole.push(file), whole.decoder);
    for (let at = 1; at < file.length; at++) {
      const demuxer = new FlvDemuxer();
      const events = [...demuxer.push(file.subarray(0, at)), ...demuxer.push(file.subarray(at))];
      expect(summary(events, demuxer.decoder)).toEqual(wanted);
    }
  });

  test.each(flvCases)(
    'throws nothing but a protocol error wherever $name is cut off',
    ({ type, before = [], bytes }) => {
      for (let length = 0; length < bytes.length; length++) {
        const decoder = new FlvTagDecoder();
        for (const body of before) decoder.decode(type, 0, body);
        try {
          decoder.decode(type, AT, bytes.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    },
  );

  test('an avcC that is none is counted and passed over, and the one behind it is read', () => {
    const decoder = new FlvTagDecoder();
    expect(decoder.decode(tagType.video, 0, Uint8Array.of(0x17, 0, 0, 0, 0, 9, 9, 9))).toEqual([]);
    expect(decoder.damaged).toBe(1);
    expect(decoder.decode(tagType.video, 0, avcConfigBody)).toMatchObject([{ track: { codec: 'h264' } }]);
  });

  test('packets of a type that nobody knows take no place of a track', () => {
    const decoder = new FlvTagDecoder();
    const ofTrack = (type: number, track: number): Uint8Array =>
      Uint8Array.of(0x95, type, 0x61, 0x63, 0x2d, 0x33, track, 0, 1, 2, 3);
    for (let track = 0; track < 16; track++) decoder.decode(tagType.audio, 0, ofTrack(3, track));
    expect(decoder.unsupported).toEqual([{ kind: 'audio', codec: 'packet type 3' }]);
    decoder.decode(tagType.audio, 0, ofTrack(1, 16));
    expect(decoder.unsupported).toEqual([{ kind: 'audio', codec: 'packet type 3' }]);
  });

  test('an access unit of more than 1 024 NAL units is above the limit', () => {
    const decoder = new FlvTagDecoder();
    decoder.decode(tagType.video, 0, avcConfigBody);
    const unit = (count: number): Uint8Array =>
      Uint8Array.from([0x27, 1, 0, 0, 0, ...Array.from({ length: count }, () => [0, 0, 0, 1, 0x41]).flat()]);
    expect(decoder.decode(tagType.video, 0, unit(1024))).toHaveLength(1);
    expect(() => decoder.decode(tagType.video, 0, unit(1025))).toThrow(/more than 1024 NAL units/);
  });

  test('unsupported codecs are named once, and at most sixteen of them', () => {
    const decoder = new FlvTagDecoder();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 40; i++) decoder.decode(tagType.video, 0, Uint8Array.of(0x90, 0x61, 0x61, 0x61, 0x41 + i));
    }
    expect(decoder.unsupported).toHaveLength(16);
    expect(decoder.dropped).toBe(80);
  });

  test('a caption track is announced once', () => {
    const decoder = new FlvTagDecoder();
    const item = flvCases.find(({ name }) => name.startsWith('closed captions'))!;
    decoder.decode(tagType.video, 0, avcConfigBody);
    const count = [0, 40, 80].flatMap((ms) => decoder.decode(tagType.video, ms, item.bytes));
    expect(count.filter(({ type }) => type === 'track')).toHaveLength(1);
    expect(count.filter(({ type }) => type === 'frame')).toHaveLength(6);
  });
});
