import { ProtocolError } from '../../src/errors.ts';
import type { ByteReader } from '../../src/media/bytes/byte-reader.ts';
import { type Box, boxAt, boxesOf, fullBox } from './boxes.ts';
import { isKeyNal, type ReadPiece, type ReadSample, type ReadTrack } from './media-samples.ts';

/** A track as an init segment tells it. */
interface InitTrack {
  id: number;
  kind: ReadTrack['kind'];
  scale: number;
  /** The sample entry: `avc1`. */
  entry: string;
  /** Bytes of the length before each NAL, for codecs that have them. */
  lengthSize: number;
  defaults: Defaults;
}

interface Defaults {
  duration: number;
  size: number;
  flags: number;
}

const NON_SYNC = 0x10000;
const PICTURES: Record<string, 'h264' | 'h265'> = { avc1: 'h264', avc3: 'h264', hvc1: 'h265', hev1: 'h265' };

/**
 * Reads a fragmented MP4 segment beside its init segment (ISO/IEC 14496-12, 8.8), on its own: it shares nothing with
 * the demuxer of the server, and keeps ticks as they are.
 *
 * @throws ProtocolError for boxes that do not fit.
 */
export function readFragments(init: Uint8Array, segment: Uint8Array): ReadPiece {
  const known = tracksOf(init);
  const faults: string[] = [];
  const samples = new Map<number, ReadSample[]>(known.map(({ id }) => [id, []]));
  const seams = new Map<number, ReadTrack['seams'][number][]>(known.map(({ id }) => [id, []]));
  const due = new Map<number, number>();
  const boxes = boxesOf(segment);
  let last = -1;
  for (const moof of boxes.filter(({ type }) => type === 'moof')) {
    const inside = boxesOf(moof.body);
    const number = fullBox(need(boxAt(inside, 'mfhd'), 'mfhd').body).reader.u32();
    if (number <= last) faults.push(`fragment ${number} follows fragment ${last}`);
    last = number;
    for (const traf of inside.filter(({ type }) => type === 'traf')) {
      const run = readRun(boxesOf(traf.body), known, { moof: moof.start, bytes: segment });
      const { id } = run.track;
      seams.get(id)!.push({ start: run.start, due: due.get(id) });
      due.set(id, run.end);
      samples.get(id)!.push(...run.samples);
      if (run.outside) faults.push(`samples of track ${id} are outside of the data`);
    }
  }
  if (!boxes.some(({ type }) => type === 'moof')) faults.push('there is no fragment');
  const tracks = known.map(({ id, kind, scale }): ReadTrack => ({
    id,
    kind,
    scale,
    samples: samples.get(id)!,
    seams: seams.get(id)!,
  }));
  return { container: 'mp4', tracks, faults };
}

function tracksOf(init: Uint8Array): InitTrack[] {
  const moov = boxesOf(need(boxAt(boxesOf(init), 'moov'), 'moov').body);
  const extended = boxesOf(need(boxAt(moov, 'mvex'), 'mvex').body).filter(({ type }) => type === 'trex');
  return moov
    .filter(({ type }) => type === 'trak')
    .map(({ body }): InitTrack => {
      const trak = boxesOf(body);
      const header = fullBox(need(boxAt(trak, 'tkhd'), 'tkhd').body);
      header.reader.skip(header.version === 1 ? 16 : 8);
      const id = header.reader.u32();
      const clock = fullBox(need(boxAt(trak, 'mdia', 'mdhd'), 'mdhd').body);
      clock.reader.skip(clock.version === 1 ? 16 : 8);
      const scale = clock.reader.u32();
      const handler = String.fromCharCode(...need(boxAt(trak, 'mdia', 'hdlr'), 'hdlr').body.subarray(8, 12));
      const stsd = need(boxAt(trak, 'mdia', 'minf', 'stbl', 'stsd'), 'stsd');
      const entry = need(boxesOf(stsd.body.subarray(8))[0], 'sample entry');
      const kind = handler === 'vide' ? 'video' : handler === 'soun' ? 'audio' : 'other';
      const trex = extended.map((box) => fullBox(box.body).reader).find((reader) => reader.u32() === id);
      if (!trex) throw new ProtocolError(`Track ${id} has no trex.`);
      trex.skip(4);
      const defaults = { duration: trex.u32(), size: trex.u32(), flags: trex.u32() };
      return { id, kind, scale, entry: entry.type, lengthSize: lengthSizeOf(entry), defaults };
    });
}

/** Behind the 78 bytes of a visual sample entry stand its boxes. */
function lengthSizeOf({ type, body }: Box): number {
  if (!PICTURES[type]) return 0;
  const inside = boxesOf(body.subarray(78));
  const avc = boxAt(inside, 'avcC');
  return avc ? (avc.body[4]! & 3) + 1 : (need(boxAt(inside, 'hvcC'), 'hvcC').body[21]! & 3) + 1;
}

interface Run {
  track: InitTrack;
  start: number;
  end: number;
  samples: ReadSample[];
  /** Some of its bytes are not there. */
  outside: boolean;
}

/** One track of one fragment. */
function readRun(
  traf: readonly Box[],
  known: readonly InitTrack[],
  { moof, bytes }: { moof: number; bytes: Uint8Array },
): Run {
  const { flags, reader } = fullBox(need(boxAt(traf, 'tfhd'), 'tfhd').body);
  const id = reader.u32();
  const track = need(
    known.find((each) => each.id === id),
    `track ${id}`,
  );
  if (flags & 1) throw new ProtocolError('A fragment has an absolute offset.');
  if (flags & 2) reader.skip(4);
  const defaults = {
    duration: flags & 8 ? reader.u32() : track.defaults.duration,
    size: flags & 0x10 ? reader.u32() : track.defaults.size,
    flags: flags & 0x20 ? reader.u32() : track.defaults.flags,
  };
  const time = fullBox(need(boxAt(traf, 'tfdt'), 'tfdt').body);
  const start = time.version === 1 ? time.reader.u32() * 2 ** 32 + time.reader.u32() : time.reader.u32();
  const run: Run = { track, start, end: start, samples: [], outside: false };
  let at = moof;
  for (const box of traf.filter(({ type }) => type === 'trun'))
    at = readSamples(box, { run, defaults, moof, at, bytes });
  return run;
}

interface Place {
  run: Run;
  defaults: Defaults;
  moof: number;
  at: number;
  bytes: Uint8Array;
}

/** Gives where the data of the next run begins. */
function readSamples({ body }: Box, { run, defaults, moof, at, bytes }: Place): number {
  const { version, flags, reader } = fullBox(body);
  const count = reader.u32();
  if (flags & 1) at = moof + reader.i32();
  const first = flags & 4 ? reader.u32() : undefined;
  for (let index = 0; index < count; index++) {
    const duration = flags & 0x100 ? reader.u32() : defaults.duration;
    const size = flags & 0x200 ? reader.u32() : defaults.size;
    const own = flags & 0x400 ? reader.u32() : index === 0 && first !== undefined ? first : defaults.flags;
    const cts = flags & 0x800 ? signed(reader, version) : 0;
    const data = bytes.subarray(at, at + size);
    if (data.length < size) run.outside = true;
    const found = keyIn(data, run.track);
    const key = (own & NON_SYNC) === 0;
    run.samples.push({
      dts: run.end,
      pts: run.end + cts,
      duration,
      key,
      ...(found !== undefined && { keyInBytes: found }),
    });
    run.end += duration;
    at += size;
  }
  return at;
}

function signed(reader: ByteReader, version: number): number {
  return version === 0 ? reader.u32() : reader.i32();
}

/** Undefined where the codec is not looked into. */
function keyIn(data: Uint8Array, { entry, lengthSize }: InitTrack): boolean | undefined {
  const codec = PICTURES[entry];
  if (!codec) return undefined;
  for (let at = 0; at + lengthSize < data.length;) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + data[at + i]!;
    if (isKeyNal(codec, data[at + lengthSize]!)) return true;
    at += lengthSize + length;
  }
  return false;
}

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ProtocolError(`There is no ${what}.`);
  return value;
}
