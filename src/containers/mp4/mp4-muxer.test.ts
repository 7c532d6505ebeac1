import { describe, expect, test } from 'vitest';
import { fromHex } from '../../media/bytes/hex.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { codecSamples, film, frameOf, sample } from '../contract-samples.ts';
import { boxesIn, childOf, childrenOf } from './box-reader.ts';
import { boxType } from './box-type.ts';
import { Mp4Muxer } from './mp4-muxer.ts';
import { Mp4SegmentMuxer } from './mp4-segment-muxer.ts';
import { timescaleOf, toMicroseconds, toTicks } from './timescale.ts';

const { video, audio, mp3 } = sample;

interface Told {
  id: number;
  begin: number;
  durations: number[];
}

/** What a fragment says of its tracks. */
function runsIn(bytes: Uint8Array): Told[] {
  return childrenOf(boxesIn(bytes), boxType('moof')).flatMap(({ type, body }) => {
    if (type !== boxType('traf')) return [];
    const boxes = boxesIn(body);
    const view = (name: string): DataView => {
      const found = childOf(boxes, boxType(name))!;
      return new DataView(found.buffer, found.byteOffset, found.length);
    };
    const [tfhd, tfdt, trun] = [view('tfhd'), view('tfdt'), view('trun')];
    const count = trun.getUint32(4);
    return [
      {
        id: tfhd.getUint32(4),
        begin: Number(tfdt.getBigInt64(4)),
        durations: Array.from({ length: count }, (_, index) => trun.getUint32(12 + 16 * index)),
      },
    ];
  });
}

function sequenceOf(bytes: Uint8Array): number {
  const mfhd = childOf(childrenOf(boxesIn(bytes), boxType('moof')), boxType('mfhd'))!;
  return new DataView(mfhd.buffer, mfhd.byteOffset).getUint32(4);
}

function durationOf(muxer: Mp4Muxer, frame: Frame): number {
  return (runsIn(muxer.mux(frame))[0]!.durations[0]! / timescaleOf(frame.track)) * 1e6;
}

describe('ticks', () => {
  const tracks: Track[] = [video, audio, mp3, ...codecSamples.map(({ track }) => track)];

  test.each(tracks)('of $codec come back as the microseconds that they were', (track) => {
    const timescale = timescaleOf(track);
    const days = 60 * 86_400 * 1e6;
    for (const around of [0, 1e6, 2 ** 31, 2 ** 32, 2 ** 33, days]) {
      for (let us = around - 700; us < around + 700; us++) {
        expect(toMicroseconds(toTicks(us, timescale), timescale)).toBe(us);
      }
    }
  });

  test.each([24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60_000 / 1001, 60])(
    'of %d pictures a second are equally far apart',
    (rate) => {
      const timescale = timescaleOf(video);
      const times = Array.from({ length: 5000 }, (_, i) => toTicks(Math.round((i * 1e6) / rate), timescale));
      const steps = new Set(times.slice(1).map((time, i) => time - times[i]!));
      expect([...steps]).toEqual([timescale / rate]);
    },
  );

  test('keep times of 90 kHz as they are', () => {
    const timescale = timescaleOf(video);
    for (let time = 0; time < 200_000; time += 7) {
      expect(toTicks(Math.round((time * 1e6) / 90_000), timescale)).toBe(time * 12);
    }
  });

  test('of sound are whole for each of its samples', () => {
    for (const track of tracks.filter(({ kind }) => kind === 'audio')) {
      expect(timescaleOf(track)).toBeGreaterThanOrEqual(1e6);
    }
    expect([audio, mp3].map((track) => timescaleOf(track) % 44_100)).toEqual([0, 0]);
  });
});

describe('the MP4 muxer', () => {
  test('says of sound how long it lasts', () => {
    const muxer = new Mp4Muxer();
    const of = (codec: string, track: Track, data: Uint8Array): [string, number] => [
      codec,
      Math.round(durationOf(muxer, { ...frameOf(track, { ms: 0 }), data })),
    ];
    const known = codecSamples
      .filter(({ track }) => track.kind === 'audio')
      .map(({ track, key }) => of(track.codec, track, key));
    expect(Object.fromEntries([...known, of('aac', audio, fromHex('2110'))])).toEqual({
      aac: Math.round((1024 / 44_100) * 1e6),
      opus: 20_000,
      flac: Math.round((16 / 44_100) * 1e6),
      ac3: 32_000,
      eac3: 32_000,
      pcma: 500,
      pcmu: 250,
    });
  });

  test('takes for a picture what the one before lasted, and at first what the codec says', () => {
    const muxer = new Mp4Muxer();
    const durations = [0, 40, 80, 80, 130, 60_000, 60_050].map((ms) => durationOf(muxer, frameOf(video, { ms })));
    expect(durations.map(Math.round)).toEqual([33_367, 40_000, 40_000, 40_000, 50_000, 50_000, 50_000]);
  });

  test('numbers its fragments', () => {
    const muxer = new Mp4Muxer();
    expect(film({ video, audio, count: 2 }).map((frame) => sequenceOf(muxer.mux(frame)))).toEqual([1, 2, 3, 4]);
  });

  test('puts small fragments side by side in one buffer', () => {
    const muxer = new Mp4Muxer();
    const [first, second] = film({ audio, count: 2 }).map((frame) => muxer.mux(frame));
    expect(second!.buffer).toBe(first!.buffer);
    expect(second!.byteOffset).toBe(first!.byteOffset + first!.length);
  });

  test('leaves out frames of tracks that MP4 cannot carry', () => {
    const muxer = new Mp4Muxer();
    expect(muxer.mux(frameOf(sample.data, { ms: 0 }))).toHaveLength(0);
    const unknown = { ...audio, config: new Uint8Array(0) };
    expect(muxer.carries(unknown)).toBe(false);
    expect(muxer.mux(frameOf(unknown, { ms: 0 }))).toHaveLength(0);
  });
});

describe('the segment muxer', () => {
  /** Pieces of a third of a second, of frames at times that were rounded to milliseconds. */
  const pieces = (tracks: readonly Track[], frames: readonly Frame[]): Uint8Array[] => {
    const muxer = new Mp4SegmentMuxer();
    const groups = Map.groupBy(frames, ({ dts }) => Math.floor(dts / 333_000));
    return [...groups.values()].map((group, index) =>
      muxer.write({
        tracks,
        frames: group,
        sequence: index + 1,
        begins: true,
        next: (track) => frames.find((frame) => frame.track === track && frame.dts > group.at(-1)!.dts)?.dts,
      }),
    );
  };
  const rounded = film({ video, audio, count: 100 }).map((frame, index): Frame => {
    const dts = Math.round(frame.dts * 1.0007 + (index % 3) * 1000);
    return { ...frame, dts, pts: dts };
  });

  test('leaves no gap and no overlap: each piece begins where the one before ended', () => {
    const ends = new Map<number, number>();
    for (const piece of pieces([video, audio], rounded)) {
      for (const { id, begin, durations } of runsIn(piece)) {
        expect(begin).toBe(ends.get(id) ?? begin);
        ends.set(id, begin + durations.reduce((sum, duration) => sum + duration, 0));
      }
    }
    expect(ends.size).toBe(2);
  });

  test('gives each piece its number', () => {
    const numbers = pieces([video, audio], rounded).map(sequenceOf);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test('has one run for each track that has frames', () => {
    const muxer = new Mp4SegmentMuxer();
    const of = (...frames: Frame[]): number[] =>
      runsIn(muxer.write({ tracks: [video, audio], frames, sequence: 1, begins: true, next: () => undefined })).map(
        ({ id }) => id,
      );
    const [picture, sound] = film({ video, audio, count: 1 });
    expect(of(sound!, picture!, sound!)).toEqual([1, 2]);
    expect(of(sound!)).toEqual([2]);
    expect(muxer.write({ tracks: [video], frames: [], sequence: 1, begins: true, next: () => undefined })).toHaveLength(
      0,
    );
  });

  test('has the same init segment for the same tracks', () => {
    const muxer = new Mp4SegmentMuxer();
    const before = muxer.init([video, audio]);
    muxer.write({
      tracks: [video],
      frames: film({ video, count: 9 }),
      sequence: 7,
      begins: true,
      next: () => undefined,
    });
    expect(muxer.init([video, audio])).toEqual(before);
    expect(muxer.init([video])).not.toEqual(before);
  });
});
