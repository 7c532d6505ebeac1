import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { frameOf, sample } from '../../../src/containers/contract-samples.ts';
import { flvCases } from '../../../src/containers/flv/cases.ts';
import { flvBody, flvConfigBody, flvHeader, flvTag, tagType } from '../../../src/containers/flv/index.ts';
import { ProtocolError } from '../../../src/errors.ts';
import { FlvReader } from '../../../src/files/recording-reader.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import type { Frame } from '../../../src/media/frame.ts';
import { SECOND } from '../../../src/media/time.ts';
import { checkOnAir, MAX_COMPOSITION } from '../on-air.ts';
import type { FuzzTarget } from '../target.ts';

/** What a recording may step forward, where pictures stand still, and a track may be behind another, µs. */
const MAX_STEP = 3600 * SECOND;
const MAX_APART = 10 * SECOND;

/** Bytes of a recording; more only slows the fuzzer down. */
const MAX_SEED = 4096;

const HEADER = flvHeader({ audio: true, video: true });
const media = flvCases.filter(({ type }) => type !== tagType.script);

/** A recording of what came of these cases, 40 ms apart. */
function recording(cases: typeof flvCases, from = 0): Uint8Array {
  const bodies = cases.flatMap(({ type, before = [], bytes }) => [...before, bytes].map((body) => ({ type, body })));
  return concatBytes([HEADER, ...bodies.map(({ type, body }, index) => flvTag(type, from + index * 40, body))]);
}

/** The last PreviousTagSize is this. */
function lying(file: Uint8Array, size: number): Uint8Array {
  const copy = file.slice();
  new DataView(copy.buffer).setUint32(copy.length - 4, size);
  return concatBytes([copy, recording(media.slice(0, 4)).subarray(HEADER.length)]);
}

/** Pictures out of their order, one of which is to be shown hours later. */
function disorderly(): Uint8Array {
  const { video } = sample;
  const pictures = [0, 40, 1500, 80, 120].map((ms) =>
    flvTag(tagType.video, ms, flvBody(frameOf(video, { ms, key: ms === 0, cts: ms === 1500 ? 8_000_000 : 0 }))!),
  );
  return concatBytes([HEADER, flvTag(tagType.video, 0, flvConfigBody(video)!), ...pictures]);
}

const some = recording(media.slice(0, 12));

/** How recordings begin that others made. */
const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');
const others = globSync('*.flv', { cwd: fixtures }).map((name) =>
  new Uint8Array(readFileSync(join(fixtures, name))).subarray(0, MAX_SEED),
);

/** Recordings as they lie on disks: whole files, cut off, with wrong sizes and clocks that jump. */
export const target: FuzzTarget = {
  id: 'F-05',
  title: 'FLV file reader (VOD)',
  seeds: [
    ...media.map((item) => recording([item])),
    recording(flvCases),
    lying(some, 0),
    lying(some, 0xffff_ffff),
    lying(some, 3),
    concatBytes([HEADER, flvTag(tagType.video, 0, new Uint8Array(0)), some.subarray(HEADER.length)]),
    some.subarray(0, some.length - 9),
    some.subarray(0, HEADER.length + 5),
    disorderly(),
    ...others,
    recording(media.slice(0, 12), 0xffff_fff0),
    concatBytes([recording(media.slice(0, 6), 3_600_000), recording(media.slice(0, 6)).subarray(HEADER.length)]),
  ],
  run(bytes) {
    const frames = read(bytes);
    const own = new Map<number, number>();
    let last: number | undefined;
    for (const { dts, pts, data, track } of frames) {
      if (!Number.isSafeInteger(dts) || !Number.isSafeInteger(pts))
        throw new Error(`A frame has the times ${dts}, ${pts}.`);
      if (data.length === 0) throw new Error('A frame is empty.');
      if (last === undefined && dts !== 0) throw new Error(`The first frame is at ${dts}.`);
      if (last !== undefined && (dts - last > MAX_STEP || last - dts > MAX_APART)) {
        throw new Error(`A frame at ${dts} follows on ${last}.`);
      }
      // G7
      if (dts < (own.get(track.id) ?? dts)) throw new Error(`A track steps back to ${dts}.`);
      if (Math.abs(pts - dts) > MAX_COMPOSITION) throw new Error(`A frame at ${dts} is to be seen at ${pts}.`);
      own.set(track.id, dts);
      last = Math.max(last ?? 0, dts);
    }
    checkOnAir(frames);
  },
  splits(chunks) {
    const reader = new FlvReader();
    const frames = chunks.flatMap((chunk) => reader.push(chunk));
    return { frames, tracks: reader.tracks, unsupported: reader.unsupported, duration: reader.duration };
  },
};

/** G6: after an error the reader gives nothing any more. */
function read(bytes: Uint8Array): Frame[] {
  const reader = new FlvReader();
  try {
    return reader.push(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    try {
      reader.push(some);
    } catch {
      throw error;
    }
    throw new Error('The reader goes on after an error.', { cause: error });
  }
}
