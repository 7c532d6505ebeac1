import { flvCases } from '../../../src/containers/flv/cases.ts';
import { flvHeader, flvTag, tagType } from '../../../src/containers/flv/index.ts';
import { FlvReader } from '../../../src/files/flv-reader.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { SECOND } from '../../../src/media/time.ts';
import type { FuzzTarget } from '../target.ts';

/** What a recording may step forward, and a track may be behind another, µs; what is more is joined. */
const MAX_STEP = 10 * SECOND;
const MAX_BACK = 2 * SECOND;

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

const some = recording(media.slice(0, 12));

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
    recording(media.slice(0, 12), 0xffff_fff0),
    concatBytes([recording(media.slice(0, 6), 3_600_000), recording(media.slice(0, 6)).subarray(HEADER.length)]),
  ],
  run(bytes) {
    let last: number | undefined;
    for (const { dts, pts, data } of new FlvReader().push(bytes)) {
      if (!Number.isSafeInteger(dts) || !Number.isSafeInteger(pts))
        throw new Error(`A frame has the times ${dts}, ${pts}.`);
      if (data.length === 0) throw new Error('A frame is empty.');
      if (last === undefined && dts !== 0) throw new Error(`The first frame is at ${dts}.`);
      if (last !== undefined && (dts - last > MAX_STEP || last - dts > MAX_BACK)) {
        throw new Error(`A frame at ${dts} follows on ${last}.`);
      }
      last = Math.max(last ?? 0, dts);
    }
  },
  splits(chunks) {
    const reader = new FlvReader();
    const frames = chunks.flatMap((chunk) => reader.push(chunk));
    return { frames, tracks: reader.tracks, unsupported: reader.unsupported, duration: reader.duration };
  },
};
