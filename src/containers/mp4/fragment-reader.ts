import { ProtocolError } from '../../errors.ts';
import { boxesIn, childOf, fullBoxOf, unsigned } from './box-reader.ts';
import { boxType } from './box-type.ts';
import { RunReader } from './run-reader.ts';
import type { TrackLane } from './track-lane.ts';

const type = {
  traf: boxType('traf'),
  tfhd: boxType('tfhd'),
  tfdt: boxType('tfdt'),
  trun: boxType('trun'),
} as const;

/** Flags of `tfhd` (ISO/IEC 14496-12, 8.8.7). */
const tfhdFlag = { base: 1, entry: 2, duration: 8, size: 0x10, flags: 0x20, baseIsMoof: 0x02_0000 } as const;

/** The times of a stream in µs are exact up to here, and its positions as well. */
const MAX_NUMBER = 2 ** 52;

/** Where a fragment is, and whose it may be. */
export interface FragmentContext {
  /** Position of the `moof`. */
  readonly start: number;
  /** By track id. */
  readonly tracks: ReadonlyMap<number, TrackLane>;
}

/**
 * Reads a `moof` into the runs of samples that it promises, in the order in which their data lie (ISO/IEC 14496-12, 8.8).
 * Runs of tracks that are not known are left out.
 *
 * @throws ProtocolError where its boxes do not fit, or promise more than they hold.
 */
export function readFragment(moof: Uint8Array, context: FragmentContext): RunReader[] {
  const runs: RunReader[] = [];
  let end = context.start;
  for (const { type: name, body } of boxesIn(moof)) {
    if (name === type.traf) end = readTraf(body, { ...context, end }, runs);
  }
  return runs.toSorted((a, b) => a.position - b.position);
}

/** Returns where the data of the track's last run ends. */
function readTraf(traf: Uint8Array, context: FragmentContext & { end: number }, runs: RunReader[]): number {
  const boxes = boxesIn(traf);
  const tfhd = childOf(boxes, type.tfhd);
  if (!tfhd) throw new ProtocolError('A track fragment has no “tfhd”.');
  const { flags, reader } = fullBoxOf(tfhd);
  const track = context.tracks.get(reader.u32());
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const base = has(tfhdFlag.base)
    ? reader.u32() * 2 ** 32 + reader.u32()
    : has(tfhdFlag.baseIsMoof)
      ? context.start
      : context.end;
  const usual = track?.defaults ?? { entry: 1, duration: 0, size: 0 };
  const defaults = {
    entry: has(tfhdFlag.entry) ? reader.u32() : usual.entry,
    duration: has(tfhdFlag.duration) ? reader.u32() : usual.duration,
    size: has(tfhdFlag.size) ? reader.u32() : usual.size,
  };
  const tfdt = childOf(boxes, type.tfdt);
  let ticks = tfdt ? decodeTime(tfdt) : (track?.next ?? 0);
  let end = base;
  for (const { type: name, body } of boxes) {
    if (name !== type.trun) continue;
    const run = new RunReader(body, { track, base, end, ticks, defaults });
    ticks = run.endTicks;
    end = run.end;
    if (!(end < MAX_NUMBER)) throw new ProtocolError('The data of a fragment lies beyond any file.');
    if (track) runs.push(run);
  }
  if (track) track.next = ticks;
  return end;
}

/** A writer that begins a little before 0 means the same number with a sign. */
function decodeTime(tfdt: Uint8Array): number {
  const box = fullBoxOf(tfdt);
  const ticks = box.version === 0 ? unsigned(box) : box.reader.i32() * 2 ** 32 + box.reader.u32();
  if (Math.abs(ticks) > MAX_NUMBER) throw new ProtocolError(`A decode time of ${ticks} ticks is beyond any stream.`);
  return ticks;
}
