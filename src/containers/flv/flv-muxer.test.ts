import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { toHex } from '../../media/bytes/hex.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { fromMs } from '../../media/time.ts';
import { type AmfObject, amfObject, decodeAmf0 } from '../amf/index.ts';
import { frameOf, sample } from '../contract-samples.ts';
import { FlvMuxer } from './flv-muxer.ts';
import { metadataConfig } from './metadata.ts';
import { flvTag, tagType } from './tag.ts';

const { video, video2, audio, audio2, mp3, data } = sample;

interface Tag {
  type: number;
  ms: number;
  body: Uint8Array;
  /** PreviousTagSize behind it. */
  back: number;
}

function tagsOf(bytes: Uint8Array, from: number): Tag[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tags: Tag[] = [];
  for (let at = from; at < bytes.length;) {
    const size = view.getUint32(at) & 0xff_ffff;
    const ms = (view.getUint32(at + 4) >>> 8) | (bytes[at + 7]! << 24);
    const body = bytes.subarray(at + 11, at + 11 + size);
    tags.push({ type: bytes[at]!, ms, body, back: view.getUint32(at + 11 + size) });
    at += 15 + size;
  }
  return tags;
}

function metadataOf(tracks: Track[]): AmfObject {
  const [tag] = tagsOf(new FlvMuxer().header(tracks), 13);
  const [name, value] = decodeAmf0(tag!.body);
  expect(name).toBe('onMetaData');
  return value as AmfObject;
}

function withMetadata(metadata: Record<string, never> | AmfObject): Track {
  return { ...data, config: metadataConfig(amfObject(metadata)) };
}

describe('the FLV muxer', () => {
  test('the flags of the header are true to the tracks (C-FLV-01)', () => {
    const flags = (...tracks: Track[]): number => new FlvMuxer().header(tracks)[4]!;
    expect([flags(video, audio), flags(video), flags(audio), flags(mp3), flags(data), flags()]).toEqual([
      5, 1, 4, 4, 0, 0,
    ]);
    expect(toHex(new FlvMuxer().header([video]).subarray(0, 9))).toBe('464c56010100000009');
  });

  test('PreviousTagSize0 is 0 and the others are 11 and the size (C-FLV-02)', () => {
    const muxer = new FlvMuxer();
    const bytes = concatBytes([muxer.header([video, audio]), muxer.mux(frameOf(video, { ms: 0 }))]);
    expect(toHex(bytes.subarray(9, 13))).toBe('00000000');
    const tags = tagsOf(bytes, 13);
    expect(tags).toHaveLength(4);
    for (const tag of tags) expect(tag.back).toBe(11 + tag.body.length);
    const [large] = tagsOf(muxer.mux(frameOf(video, { ms: 0, size: 0x12_3456 })), 0);
    expect(large).toMatchObject({ back: 0x12_3456 + 16 });
    expect(large!.body).toHaveLength(0x12_3456 + 5);
  });

  test('metadata, then the sequence headers, come first for each joiner (C-FLV-03)', () => {
    const tags = tagsOf(new FlvMuxer().header([video, audio]), 13);
    expect(tags.map(({ type }) => type)).toEqual([18, 9, 8]);
    expect(toHex(tags[1]!.body)).toBe(`1700000000${toHex(video.config)}`);
    expect(toHex(tags[2]!.body)).toBe(`af00${toHex(audio.config)}`);
    expect(tags.map(({ ms }) => ms)).toEqual([0, 0, 0]);
  });

  test('MP3 needs no sequence header', () => {
    expect(tagsOf(new FlvMuxer().header([mp3]), 13).map(({ type }) => type)).toEqual([18]);
  });

  test('times have 24 bits and 8 more above them (C-FLV-04)', () => {
    const time = (ms: number): string => toHex(flvTag(tagType.audio, ms, new Uint8Array(0)).subarray(4, 8));
    expect(time(1)).toBe('00000100');
    expect(time(0xff_ffff)).toBe('ffffff00');
    expect(time(0x100_0000)).toBe('00000001');
    expect(time(0x7fff_ffff)).toBe('ffffff7f');
    expect(time(0x8000_0000)).toBe('00000080');
    expect(time(2 ** 32 + 5)).toBe('00000500');
    expect(time(-20)).toBe('ffffecff');
  });

  test('composition times have 24 bits with a sign and are clamped to them (C-FLV-05)', () => {
    const cts = (ms: number): string => toHex(new FlvMuxer().mux(frameOf(video, { ms: 0, cts: ms })).subarray(13, 16));
    expect([cts(80), cts(-34), cts(-8_388_608), cts(8_388_607)]).toEqual(['000050', 'ffffde', '800000', '7fffff']);
    expect([cts(-9_000_000), cts(9_000_000)]).toEqual(['800000', '7fffff']);
  });

  test('rounded times add up to the rounded presentation time', () => {
    const muxer = new FlvMuxer();
    for (let i = 0; i < 300; i++) {
      const frame: Frame = {
        ...frameOf(video, { ms: 0 }),
        dts: Math.round((i * 1e6) / 59.94),
        pts: Math.round(((i + 2) * 1e6) / 59.94),
      };
      const [tag] = tagsOf(muxer.mux(frame), 0);
      const cts = (tag!.body[2]! << 16) | (tag!.body[3]! << 8) | tag!.body[4]!;
      expect(tag!.ms + cts).toBe(Math.round(frame.pts / 1000));
    }
  });

  test('onMetaData is an ECMA array of what the configs say (C-FLV-06)', () => {
    expect(tagsOf(new FlvMuxer().header([video, audio]), 13)[0]!.body[13]).toBe(0x08);
    expect(metadataOf([video, audio])).toEqual({
      width: 1920,
      height: 1080,
      framerate: 30_000 / 1001,
      videocodecid: 7,
      audiosamplerate: 44_100,
      audiosamplesize: 16,
      stereo: true,
      audiochannels: 2,
      audiocodecid: 10,
    });
    expect(metadataOf([mp3])).toMatchObject({ audiocodecid: 2, audiosamplerate: 44_100 });
    expect(metadataOf([audio2])).toMatchObject({ stereo: false, audiochannels: 1 });
  });

  test('a config that cannot be read leaves the size out', () => {
    expect(metadataOf([{ ...video, config: Uint8Array.of(1, 0x64, 0, 0x1f) }])).toEqual({ videocodecid: 7 });
  });

  test('what is harmless of the publisher’s metadata is kept, and our facts win', () => {
    const publisher = withMetadata({
      encoder: 'obs-output module (libobs version 29.0.2)',
      title: '直播 tonight',
      videodatarate: 2500,
      '2.1': false,
      width: 99,
      duration: 12,
      filesize: 5,
      audiocodecid: 10,
      framerate: 24,
    });
    expect(metadataOf([publisher, video])).toEqual({
      encoder: 'obs-output module (libobs version 29.0.2)',
      title: '直播 tonight',
      videodatarate: 2500,
      '2.1': false,
      width: 1920,
      height: 1080,
      framerate: 30_000 / 1001,
      videocodecid: 7,
    });
  });

  test('nothing that could be a secret, nothing long and nothing nested is kept', () => {
    const key = 'rk_abcdefghijklmnopqrstuvwxyz';
    const publisher = withMetadata({
      streamkey: key,
      encoder: key,
      title: `mine is ${key}`,
      comment: 'password: hunter2',
      description: 'x '.repeat(200),
      author: 'ABCDEFGHIJKLMNOP1234',
      tcUrl: 'rtmp://host/live?key=abc',
      [key]: 1,
      nested: amfObject({ title: key }),
      list: [key],
    });
    expect(metadataOf([publisher])).toEqual({});
  });

  test('a flood of numbers is cut short', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, i]));
    expect(Object.keys(metadataOf([withMetadata(many as never)]))).toHaveLength(64);
  });

  test('an announcement takes over the time of the frame before it', () => {
    const muxer = new FlvMuxer();
    muxer.mux(frameOf(video, { ms: 5000 }));
    const tags = tagsOf(muxer.announce(video2, [video2]), 0);
    expect(tags.map(({ type, ms }) => [type, ms])).toEqual([
      [18, 5000],
      [9, 5000],
    ]);
    expect(tagsOf(muxer.announce(data, [video2, data]), 0).map(({ type }) => type)).toEqual([18]);
  });

  test('a frame too large for the size field is left out', () => {
    const frame = { ...frameOf(video, { ms: 0 }), data: new Uint8Array(0xff_ffff) };
    expect(new FlvMuxer().mux(frame)).toHaveLength(0);
    expect(new FlvMuxer().mux({ ...frame, data: new Uint8Array(0xff_ffff - 5) })).toHaveLength(0xff_ffff + 15);
  });

  test('data messages are script tags', () => {
    const frame = frameOf(data, { ms: 7 });
    const [tag] = tagsOf(new FlvMuxer().mux(frame), 0);
    expect(tag).toMatchObject({ type: 18, ms: 7 });
    expect(toHex(tag!.body)).toBe(toHex(frame.data));
    expect(frame.dts).toBe(fromMs(7));
  });
});
