import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { fromHex, toHex } from '../../media/bytes/hex.ts';
import type { Frame } from '../../media/frame.ts';
import type { MediaEvent } from '../demuxer.ts';
import { boxType } from './box-type.ts';
import { box, fullBox, written } from './box-writer.ts';
import { caseInit, caseTracks, type FrameSummary, mp4Cases } from './cases.ts';
import { entryCases, unreadEntries } from './entry-cases.ts';
import { initSegment } from './init.ts';
import { Mp4Demuxer } from './mp4-demuxer.ts';
import { Mp4SegmentMuxer } from './mp4-segment-muxer.ts';

const framesOf = (events: readonly MediaEvent[]): FrameSummary[] =>
  events.flatMap((event) => {
    if (event.type === 'track') return [];
    const { track, dts, pts, key, data } = event.frame;
    return [{ id: track.id, dts, pts, key, data: toHex(data) }];
  });

const u32 = (number: number): Uint8Array => written((writer) => writer.u32(number));

describe('the MP4 demuxer reads', () => {
  test.each(mp4Cases)('$name', ({ init = caseInit, bytes, value, dropped = 0 }) => {
    const demuxer = new Mp4Demuxer();
    const tracks = demuxer.push(init).map((event) => event.type === 'track' && event.track.id);
    expect(tracks).toEqual([1, 2]);
    expect(framesOf(demuxer.push(bytes))).toEqual(value);
    expect(demuxer.dropped).toBe(dropped);
  });

  test.each(mp4Cases)('$name, wherever it is cut', ({ init = caseInit, bytes, value }) => {
    for (let at = 0; at <= bytes.length; at++) {
      const demuxer = new Mp4Demuxer();
      demuxer.push(init);
      const events = [bytes.subarray(0, at), bytes.subarray(at)].flatMap((part) => demuxer.push(part));
      expect(framesOf(events)).toEqual(value);
    }
  });

  test.each(entryCases.filter(({ inSamples }) => !inSamples))('a track of $name', ({ track, bytes }) => {
    const events = new Mp4Demuxer().push(initOf(track.kind, bytes));
    expect(events).toEqual([{ type: 'track', track }]);
  });

  test.each(unreadEntries)('on over $name', ({ kind, bytes, called }) => {
    const demuxer = new Mp4Demuxer();
    expect(demuxer.push(initOf(kind, bytes))).toEqual([]);
    expect(demuxer.unsupported).toEqual([{ kind, codec: called }]);
  });

  test('as many tracks as a programme has, and names the rest', () => {
    const demuxer = new Mp4Demuxer();
    const tracks = Array.from({ length: 20 }, (_, id) => ({ ...caseTracks[1], id: id + 1 }));
    expect(demuxer.push(initSegment(tracks))).toHaveLength(16);
    expect(demuxer.unsupported).toEqual([{ kind: 'audio', codec: 'more tracks' }]);
  });

  test('sound on its way before the pictures of the same fragment are there', () => {
    const demuxer = new Mp4Demuxer();
    demuxer.push(caseInit);
    const { bytes } = mp4Cases.find(({ name }) => name.startsWith('pictures behind which sound'))!;
    const end = bytes.length;
    expect(framesOf(demuxer.push(bytes.subarray(0, end - 8)))).toMatchObject([{ id: 1, dts: 0 }]);
    expect(framesOf(demuxer.push(bytes.subarray(end - 8, end - 4)))).toMatchObject([{ id: 2, dts: 0 }]);
    expect(framesOf(demuxer.push(bytes.subarray(end - 4)))).toMatchObject([{ id: 2 }, { id: 1, dts: 40_000 }]);
    expect(demuxer.end()).toEqual([]);
  });

  test('pictures that waited for sound, where it never came', () => {
    const demuxer = new Mp4Demuxer();
    demuxer.push(caseInit);
    const { bytes } = mp4Cases.find(({ name }) => name.startsWith('pictures behind which sound'))!;
    expect(framesOf(demuxer.push(bytes.subarray(0, -8)))).toMatchObject([{ dts: 0 }]);
    expect(framesOf(demuxer.end())).toMatchObject([{ id: 1, dts: 40_000 }]);
    expect(demuxer.dropped).toBe(2);
    expect(demuxer.end()).toEqual([]);
    expect(() => demuxer.push(bytes)).toThrow(ProtocolError);
  });
});

describe('the segment muxer writes', () => {
  test.each(mp4Cases.filter(({ oneWay }) => !oneWay))('$name', ({ bytes, value }) => {
    const frames = value.map(({ id, data, ...frame }): Frame => ({
      ...frame,
      track: caseTracks[id - 1]!,
      data: fromHex(data),
    }));
    const muxer = new Mp4SegmentMuxer();
    const piece = muxer.write({ tracks: caseTracks, frames, sequence: 1, begins: true, next: () => undefined });
    expect(toHex(piece)).toBe(toHex(bytes));
  });
});

describe('the MP4 demuxer refuses', () => {
  const moov = caseInit.subarray(caseInit.findIndex((_, at) => typeIn(caseInit, at) === boxType('moov')) - 4);
  const traf = (...parts: Uint8Array[]): Uint8Array => box('moof', box('traf', ...parts));
  const tfhd = fullBox('tfhd', { flags: 0x02_0000 }, u32(1));

  test.each([
    ['FLV', fromHex('464c560105000000 0900000000'), 'not MP4'],
    ['a fragment before its tracks', mp4Cases[0]!.bytes, 'before the “moov”'],
    ['data before the tracks', concatBytes([box('ftyp'), box('mdat', u32(0))]), 'not fragmented'],
    ['an index without fragments', box('moov', box('trak')), 'not fragmented'],
    ['a box of four bytes', concatBytes([caseInit, fromHex('00000004 66726565')]), '4 bytes'],
    [
      'a box of 64 bits and twelve bytes',
      concatBytes([caseInit, fromHex('00000001 66726565 00000000 0000000c')]),
      '12 bytes',
    ],
    ['a moov of a gigabyte', fromHex('40000000 6d6f6f76'), 'not fragmented'],
    ['a moof of a gigabyte', concatBytes([caseInit, fromHex('40000000 6d6f6f66')]), 'more than'],
    ['a moov without an end', fromHex('00000000 6d6f6f76'), 'more than'],
    [
      'a box that is longer than the one it is in',
      concatBytes([caseInit, box('moof', fromHex('00000100 74726166'))]),
      'does not fit',
    ],
    ['a box within of no size', concatBytes([caseInit, box('moof', fromHex('00000000 74726166'))]), 'does not fit'],
    ['a fragment of a track without a header', concatBytes([caseInit, traf()]), 'no “tfhd”'],
    [
      'a run with more samples than its table',
      concatBytes([caseInit, traf(tfhd, fullBox('trun', { flags: 0x200 }, u32(3), u32(1), u32(1)))]),
      'no room',
    ],
    [
      'a run of four billion samples',
      concatBytes([caseInit, traf(tfhd, fullBox('trun', {}, u32(0xffff_ffff)))]),
      'at most',
    ],
    [
      'a time beyond any stream',
      concatBytes([caseInit, traf(tfhd, fullBox('tfdt', { version: 1 }, u32(0x0fff_ffff), u32(0)))]),
      'beyond any stream',
    ],
    [
      'data beyond any file',
      concatBytes([
        caseInit,
        traf(
          fullBox('tfhd', { flags: 1 }, u32(1), u32(0xffff_ffff), u32(0)),
          fullBox('trun', { flags: 0x200 }, u32(1), u32(1)),
        ),
      ]),
      'beyond any file',
    ],
    [
      'a sample of 17 MiB',
      concatBytes([
        caseInit,
        traf(tfhd, fullBox('trun', { flags: 0x201 }, u32(1), u32(72), u32(17 * 2 ** 20))),
        fromHex('02000000 6d646174'),
      ]),
      '16777216',
    ],
    [
      'two thousand boxes in one',
      concatBytes([caseInit, box('moof', ...Array.from({ length: 2000 }, () => box('free')))]),
      'more than 1024',
    ],
  ])('%s', (_, bytes, words) => {
    const demuxer = new Mp4Demuxer();
    expect(() => demuxer.push(bytes)).toThrow(ProtocolError);
    expect(() => new Mp4Demuxer().push(bytes)).toThrow(words);
    expect(() => demuxer.push(caseInit)).toThrow('has ended');
  });

  test('a time that is beyond any stream in the slow ticks of its track, and takes one that is just within', () => {
    const slow = caseInit.slice();
    const mdhd = slow.findIndex((_, index) => typeIn(slow, index) === boxType('mdhd'));
    new DataView(slow.buffer).setUint32(mdhd + 16, 1000);
    const fragment = (seconds: number): Uint8Array => {
      const ticks = seconds * 1000;
      const time = fullBox('tfdt', { version: 1 }, u32(Math.floor(ticks / 2 ** 32)), u32(ticks % 2 ** 32));
      const run = (offset: number): Uint8Array =>
        traf(tfhd, time, fullBox('trun', { flags: 0x201 }, u32(1), u32(offset), u32(6)));
      return concatBytes([slow, run(run(0).length + 8), box('mdat', fromHex('00000002 6588'))]);
    };
    expect(() => new Mp4Demuxer().push(fragment(5e9))).toThrow('beyond the time of any stream');
    expect(framesOf(new Mp4Demuxer().push(fragment(4.5e9)))).toMatchObject([{ dts: 4.5e15 }]);
  });

  test('a moov that has samples of its own', () => {
    const bytes = moov.slice();
    const at = bytes.findIndex((_, index) => typeIn(bytes, index) === boxType('stsz'));
    new DataView(bytes.buffer).setUint32(at + 12, 1);
    expect(() => new Mp4Demuxer().push(bytes)).toThrow('empty_moov');
  });
});

test('sizes alone make the MP4 demuxer keep no room', () => {
  const demuxer = new Mp4Demuxer();
  const before = process.memoryUsage().arrayBuffers;
  demuxer.push(fromHex('000fffff 6d6f6f76'));
  demuxer.push(new Uint8Array(10_000));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
});

describe('timed metadata', () => {
  const track = { id: 9, kind: 'data', codec: 'id3', config: new Uint8Array(0) } as const;
  const data = fromHex('49443304000000000000');
  const frame: Frame = { track, dts: 5_184_000_000_001, pts: 5_184_000_000_001, key: true, data };
  const event = fromHex(`
    00000048 656d7367 01000000 000f4240 000004b6 fe7a8001 ffffffff fe7a8001
    68747470733a2f2f616f6d656469612e6f72672f656d73672f494433 00 00 49443304000000000000`);

  test('is written in front of the fragment', () => {
    const muxer = new Mp4SegmentMuxer();
    const bytes = muxer.write({ tracks: [track], frames: [frame], sequence: 1, begins: true, next: () => undefined });
    expect(toHex(bytes)).toBe(toHex(event));
  });

  test('is read, its track once', () => {
    const events = new Mp4Demuxer().push(concatBytes([caseInit, event, event]));
    const [told, ...frames] = events.slice(2);
    expect(told).toMatchObject({ type: 'track', track: { kind: 'data', codec: 'id3' } });
    expect(frames).toHaveLength(2);
    expect(frames[0]).toMatchObject({ frame: { dts: frame.dts, pts: frame.pts, data } });
  });

  test('of another scheme, relative to a segment, or damaged is passed over', () => {
    const other = event.slice();
    other[40] = 0x20;
    const relative = event.slice();
    relative[8] = 0;
    const events = new Mp4Demuxer().push(concatBytes([caseInit, other, relative, box('emsg', u32(0x0100_0000))]));
    expect(events).toHaveLength(2);
  });
});

/** An init segment with one track that has this sample entry. */
function initOf(kind: 'video' | 'audio' | 'data', entry: Uint8Array): Uint8Array {
  const handler = kind === 'video' ? 'vide' : kind === 'audio' ? 'soun' : 'text';
  const mdhd = fullBox('mdhd', {}, u32(0), u32(0), u32(1000), u32(0), u32(0));
  const hdlr = fullBox('hdlr', {}, u32(0), u32(boxType(handler)), new Uint8Array(13));
  const stsd = fullBox('stsd', {}, u32(1), entry);
  const tkhd = fullBox('tkhd', {}, u32(0), u32(0), u32(kind === 'video' ? 1 : kind === 'audio' ? 2 : 3));
  const trak = box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', box('stbl', stsd))));
  return box('moov', trak, box('mvex'));
}

function typeIn(bytes: Uint8Array, at: number): number {
  return at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at) : 0;
}
