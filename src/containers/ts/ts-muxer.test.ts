import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { toHex } from '../../media/bytes/hex.ts';
import { type Frame, MAX_COMPOSITION, type Track } from '../../media/frame.ts';
import { fromMs, SECOND } from '../../media/time.ts';
import { codecSamples, film, frameOf, sample } from '../contract-samples.ts';
import { adtsFrame } from './case-stream.ts';
import { pid } from './packet.ts';
import { type PacketView, packetViews } from './packet-view.ts';
import { timeAt, TS_ORIGIN, tsTicks, tsWraps } from './ticks.ts';
import { TsDemuxer } from './ts-demuxer.ts';
import { TsMuxer } from './ts-muxer.ts';
import { TsSegmentMuxer } from './ts-segment-muxer.ts';

const { video, audio } = sample;
const [VIDEO, AUDIO] = [0x101, 0x102];
const TICKS_A_MS = 90;

function written(frames: readonly Frame[], tracks: readonly Track[]): PacketView[] {
  const muxer = new TsMuxer();
  return packetViews(concatBytes([muxer.header(tracks), ...frames.map((frame) => muxer.mux(frame))]));
}

/** The PMT in a packet. */
function versionOf({ payload }: PacketView): number {
  return (payload[6]! >> 1) & 0x1f;
}

function decodeTime({ payload }: PacketView): number {
  return timeAt(payload, payload[7]! >= 0xc0 ? 14 : 9);
}

/** Greatest distance between neighbours. */
function longestStep(values: readonly number[]): number {
  return Math.max(...values.slice(1).map((value, index) => value - values[index]!));
}

/** PIDs whose continuity_counter skips. */
function gaps(packets: readonly PacketView[]): number[] {
  const last = new Map<number, number>();
  return packets.flatMap(({ pid: of, counter, payload, discontinuity }) => {
    const before = last.get(of);
    last.set(of, counter);
    const wanted = before === undefined ? counter : (before + Number(payload.length > 0)) & 15;
    return counter === wanted || discontinuity ? [] : [of];
  });
}

describe('the MPEG-TS muxer', () => {
  test('writes a sound in one packet behind the tables, byte by byte', () => {
    const muxer = new TsMuxer();
    const header = toHex(muxer.header([audio]));
    const frame: Frame = { track: audio, dts: 0, pts: 0, key: true, data: Uint8Array.of(0x21, 0x10, 4) };
    const fill = (count: number): string => 'ff'.repeat(count);
    const pat = (counter: number): string => `4740001${counter} 00 00b00d0001c100000001e020a2c32941 ${fill(167)}`;
    const pmt = (counter: number): string =>
      `4740201${counter} 00 02b0120001c10000e102f0000fe102f000 02692043 ${fill(162)}`;
    const pes = `000001c0 0012 848005 2100377741 ${adtsFrame('211004')}`;
    const sound = `47410230 9f10 0006baa87e00 ${fill(152)} ${pes}`;
    expect(header).toBe(`${pat(0)} ${pmt(0)}`.replaceAll(' ', ''));
    expect(toHex(muxer.mux(frame))).toBe(`${pat(1)} ${pmt(1)} ${sound}`.replaceAll(' ', ''));
  });

  test('tells the clock every 100 ms and the tables every 500 ms, before what they are for (ISO/IEC 13818-1, 2.7.2)', () => {
    // A picture every 200 ms, a key frame every 5 s, sound every 20 ms.
    const frames = Array.from({ length: 500 }, (_, i): Frame[] => [
      ...(i % 10 === 0 ? [frameOf(video, { ms: i * 20, key: i % 250 === 0, size: 2000 })] : []),
      frameOf(audio, { ms: i * 20 }),
    ]).flat();
    const packets = written(frames, [video, audio]);
    const clocks = packets.flatMap(({ pcr }) => (pcr === undefined ? [] : [pcr]));
    expect(longestStep(clocks)).toBeLessThanOrEqual(100 * TICKS_A_MS);
    expect(packets.every(({ pid: of, pcr }) => pcr === undefined || of === VIDEO)).toBe(true);
    let clock: number | undefined;
    const tables: number[] = [];
    for (const packet of packets) {
      clock = packet.pcr ?? clock;
      if (clock === undefined) continue;
      if (packet.pid === pid.pmt) tables.push(clock);
      if (packet.starts && packet.pid >= VIDEO) expect(decodeTime(packet)).toBeGreaterThan(clock);
    }
    expect(longestStep(tables)).toBeLessThanOrEqual(500 * TICKS_A_MS);
    expect(gaps(packets)).toEqual([]);
  });

  test('sound alone carries the clock', () => {
    const packets = written(film({ audio, count: 50 }), [audio]);
    expect(packets.filter(({ pcr }) => pcr !== undefined).map(({ pid: of }) => of)).toEqual(
      Array<number>(50).fill(AUDIO),
    );
  });

  test('marks key frames as places to start, and jumps of time', () => {
    const at = (ms: number, key: boolean): Frame => frameOf(video, { ms, key });
    const packets = written([at(0, true), at(40, false), at(60_000, true), at(50_000, false)], [video]).filter(
      ({ pid: of, starts }) => of === VIDEO && starts,
    );
    expect(packets.map(({ randomAccess }) => randomAccess)).toEqual([true, false, true, false]);
    expect(packets.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true, true]);
  });

  test('counters run on for all viewers, and to a joiner only the tables look out of turn, once', () => {
    const muxer = new TsMuxer();
    const header = muxer.header([video, audio]);
    const bytes = film({ video, audio, count: 100 }).map((frame) => muxer.mux(frame));
    expect(gaps(packetViews(concatBytes(bytes)))).toEqual([]);
    expect(gaps(packetViews(concatBytes([header, ...bytes.slice(100)])))).toEqual([pid.pat, pid.pmt]);
    const tables = packetViews(concatBytes(bytes)).filter(({ pid: of }) => of === pid.pat || of === pid.pmt);
    const counters = tables.filter(({ pid: of }) => of === pid.pmt).map(({ counter }) => counter);
    expect(counters.slice(0, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('raises the version where the tables say something new, and only there', () => {
    const muxer = new TsMuxer();
    const told = (...tracks: Track[]): Uint8Array => {
      muxer.tell(tracks);
      return muxer.announce(tracks.at(-1)!, tracks);
    };
    const versions = [
      muxer.header([video]),
      told(sample.video2),
      told(sample.video2, audio),
      muxer.header([video, audio]),
      told(sample.video2, sample.mp3),
      told(sample.video2, audio),
      muxer.header([video, audio]),
    ].map((bytes) => versionOf(packetViews(bytes)[1]!));
    expect(versions).toEqual([0, 0, 1, 1, 2, 3, 3]);
  });

  test('a track that is gone is no longer in the tables, which come before the next frame', () => {
    const muxer = new TsMuxer();
    muxer.header([video, audio]);
    muxer.mux(frameOf(video, { ms: 0, key: true }));
    muxer.tell([audio]);
    const packets = packetViews(muxer.mux(frameOf(audio, { ms: 10 })));
    expect(packets.slice(0, 2)).toEqual(
      packetViews(muxer.header([audio])).map((packet) => ({ ...packet, counter: expect.any(Number) as number })),
    );
    expect(packets[2]).toMatchObject({ pid: AUDIO, pcr: expect.any(Number) as number });
  });

  test('tables of tracks that are not in force change nothing for the others', () => {
    const muxer = new TsMuxer();
    muxer.tell([video, audio]);
    const versions = [
      muxer.mux(frameOf(video, { ms: 0, key: true })),
      muxer.announce(sample.mp3, [video, sample.mp3]),
      muxer.mux(frameOf(video, { ms: 1000, key: true })),
    ].map((bytes) => versionOf(packetViews(bytes)[1]!));
    expect(versions).toEqual([0, 1, 0]);
  });

  test('a track that nobody announced is in the tables before its first frame', () => {
    const muxer = new TsMuxer();
    muxer.header([video]);
    muxer.mux(frameOf(video, { ms: 0, key: true }));
    const pids = packetViews(muxer.mux(frameOf(audio, { ms: 10 }))).map(({ pid: of }) => of);
    expect(pids).toEqual([pid.pat, pid.pmt, AUDIO]);
  });

  test('parameter sets are in front of key frames, and of the first picture that has others', () => {
    const muxer = new TsMuxer();
    const frames = [
      frameOf(video, { ms: 0, key: true }),
      frameOf(video, { ms: 40 }),
      frameOf(sample.video2, { ms: 80 }),
      frameOf(sample.video2, { ms: 120 }),
      frameOf(sample.video2, { ms: 160, key: true }),
    ];
    const sets = frames.map((frame) => toHex(muxer.mux(frame)).match(/00000001(67\w{8})/)?.[1]);
    expect(sets).toEqual(['67640028ac', undefined, '674d4020ec', undefined, '674d4020ec']);
  });

  test('writes no tables while nobody has said what is in the stream', () => {
    const pids = packetViews(new TsMuxer().mux(frameOf(video, { ms: 0, key: true }))).map(({ pid: of }) => of);
    expect(pids).toEqual([VIDEO]);
  });

  test('a picture that is shown long before it is decoded has no negative time', () => {
    expect(tsTicks(-MAX_COMPOSITION)).toBe(0);
    expect(tsTicks(0)).toBe(900_000);
  });

  test.each([
    ['2^33 (C-TIME-04)', 2 ** 33],
    ['2^32 (C-TIME-05)', 2 ** 32],
  ])('times cross %s', (_, ticks) => {
    const wrap = Math.round((ticks * SECOND) / 90_000) - TS_ORIGIN;
    const from = Math.floor(wrap / fromMs(1)) - 1000;
    const frames = film({ video, audio, count: 50, from });
    const muxer = new TsMuxer();
    const demuxer = new TsDemuxer();
    demuxer.push(muxer.header([video, audio]));
    const got = frames.flatMap((frame) =>
      demuxer.push(muxer.mux(frame)).flatMap((event) => (event.type === 'frame' ? [event.frame] : [])),
    );
    const relative = (list: readonly Frame[]): number[][] =>
      list.map(({ dts, pts }) => [dts - list[0]!.dts, pts - list[0]!.pts]);
    expect(relative(got)).toEqual(relative(frames));
    expect(tsWraps(wrap - 1000, wrap + 1000)).toBe(ticks === 2 ** 33);
  });

  test('times of microseconds come back within half a tick', () => {
    for (let us = 0; us < 10_000; us += 7) {
      expect(Math.abs((tsTicks(us) * 100) / 9 - us - TS_ORIGIN)).toBeLessThan(5.56);
    }
  });

  test('takes no AAC that ADTS cannot tell, and no Opus of an unusual arrangement', () => {
    const muxer = new TsMuxer();
    const aac = (config: number[]): Track => ({ ...audio, config: Uint8Array.from(config) });
    const opus = codecSamples.find(({ track }) => track.codec === 'opus')!.track;
    const discrete = Uint8Array.from([...opus.config.subarray(0, 18), 255, 2, 0, 0, 1]);
    expect(muxer.carries(aac([0x12, 0x10]))).toBe(true);
    expect(muxer.carries(aac([0x12, 0x00]))).toBe(false); // channels in a program config element
    expect(muxer.carries(aac([0x12, 0x14]))).toBe(false); // blocks of 960 samples
    expect(muxer.carries(aac([0xb9, 0x10]))).toBe(false); // AAC-LD
    expect(muxer.carries(opus)).toBe(true);
    expect(muxer.carries({ ...opus, config: discrete })).toBe(false);
    expect(muxer.carries({ ...video, id: 0x1ef0 })).toBe(false);
  });

  test('leaves out sound and data that are too large', () => {
    const muxer = new TsMuxer();
    expect(muxer.mux({ track: audio, dts: 0, pts: 0, key: true, data: new Uint8Array(8185) })).toHaveLength(0);
    expect(muxer.mux({ track: sample.mp3, dts: 0, pts: 0, key: true, data: new Uint8Array(65_536) })).toHaveLength(0);
  });
});

describe('segments of MPEG-TS', () => {
  test('begin with tables, and counters run on from one to the next', () => {
    const muxer = new TsSegmentMuxer();
    const tracks = [video, audio];
    const segments = [0, 1000, 2000].map((from, index) =>
      muxer.write({
        tracks,
        frames: film({ video, audio, count: 25, from }),
        sequence: index + 1,
        begins: true,
        next: () => undefined,
      }),
    );
    expect(muxer.init()).toBeUndefined();
    for (const segment of segments) {
      expect(packetViews(segment).slice(0, 3)).toMatchObject([
        { pid: pid.pat },
        { pid: pid.pmt },
        { pid: VIDEO, randomAccess: true },
      ]);
    }
    expect(gaps(packetViews(concatBytes(segments)))).toEqual([]);
    const pictures = segments.map((segment) => new TsDemuxer().push(segment).filter(({ type }) => type === 'frame'));
    expect(pictures.map(({ length }) => length)).toEqual([50, 50, 50]);
  });

  test('begin with the clock, also with a sound that comes a moment after a picture', () => {
    const muxer = new TsSegmentMuxer();
    const pieces = [frameOf(video, { ms: 0, key: true }), frameOf(audio, { ms: 20 }), frameOf(audio, { ms: 10 })];
    const [, second, third] = pieces.map((frame, index) =>
      muxer.write({
        tracks: [video, audio],
        frames: [frame],
        sequence: index + 1,
        begins: true,
        next: () => undefined,
      }),
    );
    expect(packetViews(second!).map(({ pid: of, pcr }) => [of, pcr !== undefined])).toEqual([
      [pid.pat, false],
      [pid.pmt, false],
      [VIDEO, true],
      [AUDIO, false],
    ]);
    // It does not go back.
    expect(packetViews(third!).filter(({ pcr }) => pcr !== undefined)).toEqual([]);
  });

  test('a piece that continues a segment begins with no tables', () => {
    const muxer = new TsSegmentMuxer();
    const piece = { tracks: [audio], sequence: 1, next: () => undefined };
    muxer.write({ ...piece, frames: [frameOf(audio, { ms: 0 })], begins: true });
    const bytes = muxer.write({ ...piece, frames: [frameOf(audio, { ms: 20 })], begins: false });
    expect(packetViews(bytes).map(({ pid: of }) => of)).toEqual([AUDIO]);
  });
});
