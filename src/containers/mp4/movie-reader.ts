import { ProtocolError } from '../../errors.ts';
import type { Kind } from '../../media/frame.ts';
import { type Box, boxesIn, childOf, childrenOf, fullBoxOf, signed, unsigned } from './box-reader.ts';
import { boxType } from './box-type.ts';
import { readSampleEntry, type SampleEntry } from './sample-entry-reader.ts';

/** What fragments leave out of a sample because all are the same. */
export interface SampleDefaults {
  /** Number of the sample entry, from 1. */
  entry: number;
  duration: number;
  size: number;
}

/** One track as a `moov` tells it. */
export interface MovieTrack {
  id: number;
  kind: Kind;
  /** Ticks a second. */
  timescale: number;
  /** Ticks that are added to all times, because of an edit list. */
  shift: number;
  entries: SampleEntry[];
  defaults: SampleDefaults;
}

/** Entries of one track; nearly all have one, and those with more have one for each configuration. */
const MAX_ENTRIES = 16;
/** Parts of an edit list that are looked at: one that waits, and the first that plays. */
const MAX_EDITS = 16;

const type = {
  mvhd: boxType('mvhd'),
  mvex: boxType('mvex'),
  trex: boxType('trex'),
  trak: boxType('trak'),
  tkhd: boxType('tkhd'),
  edts: boxType('edts'),
  elst: boxType('elst'),
  mdia: boxType('mdia'),
  mdhd: boxType('mdhd'),
  hdlr: boxType('hdlr'),
  minf: boxType('minf'),
  stbl: boxType('stbl'),
  stsd: boxType('stsd'),
  stsz: boxType('stsz'),
} as const;

const KINDS: ReadonlyMap<number, Kind> = new Map([
  [boxType('vide'), 'video'],
  [boxType('soun'), 'audio'],
]);

/**
 * Reads the tracks in a `moov`. One that cannot be read at all is left out.
 *
 * @throws ProtocolError where its boxes do not fit, and where its samples are not in fragments.
 */
export function readMovie(moov: Uint8Array): MovieTrack[] {
  const boxes = boxesIn(moov);
  const mvex = childOf(boxes, type.mvex);
  if (!mvex) {
    throw new ProtocolError('This MP4 is not fragmented: its samples cannot be read before all of it is there.');
  }
  const timescale = timescaleIn(childOf(boxes, type.mvhd));
  const defaults = readDefaults(boxesIn(mvex));
  return boxes.flatMap(({ type: name, body }) => (name === type.trak ? readTrack(body, timescale, defaults) : []));
}

function readTrack(trak: Uint8Array, movieTimescale: number, defaults: Map<number, SampleDefaults>): MovieTrack[] {
  const boxes = boxesIn(trak);
  const mdia = childrenOf(boxes, type.mdia);
  const id = idIn(childOf(boxes, type.tkhd));
  const timescale = timescaleIn(childOf(mdia, type.mdhd));
  if (id === 0 || timescale === 0) return [];
  const kind = kindIn(childOf(mdia, type.hdlr));
  const stbl = childrenOf(childrenOf(mdia, type.minf), type.stbl);
  refuseSamples(childOf(stbl, type.stsz));
  return [
    {
      id,
      kind,
      timescale,
      shift: shiftIn(childOf(childrenOf(boxes, type.edts), type.elst), timescale, movieTimescale),
      entries: entriesIn(kind, childOf(stbl, type.stsd)),
      defaults: defaults.get(id) ?? { entry: 1, duration: 0, size: 0 },
    },
  ];
}

/** mvhd and mdhd begin alike (ISO/IEC 14496-12, 8.2.2, 8.4.2). */
function timescaleIn(body: Uint8Array | undefined): number {
  if (!body) return 0;
  const { version, reader } = fullBoxOf(body);
  reader.skip(version === 0 ? 8 : 16); // created, changed
  return reader.u32();
}

function idIn(tkhd: Uint8Array | undefined): number {
  if (!tkhd) return 0;
  const { version, reader } = fullBoxOf(tkhd);
  reader.skip(version === 0 ? 8 : 16); // created, changed
  return reader.u32();
}

function kindIn(hdlr: Uint8Array | undefined): Kind {
  if (!hdlr) return 'data';
  const { reader } = fullBoxOf(hdlr);
  reader.skip(4);
  return KINDS.get(reader.u32()) ?? 'data';
}

/** A file may have its first fragment, or all but the last ones, in its `moov`. */
function refuseSamples(stsz: Uint8Array | undefined): void {
  if (!stsz) return;
  const { reader } = fullBoxOf(stsz);
  reader.skip(4);
  if (reader.left >= 4 && reader.u32() > 0) {
    throw new ProtocolError(
      'This MP4 is fragmented only in part: its “moov” has samples of its own (empty_moov is needed).',
    );
  }
}

function readDefaults(boxes: readonly Box[]): Map<number, SampleDefaults> {
  const defaults = new Map<number, SampleDefaults>();
  for (const { type: name, body } of boxes) {
    if (name !== type.trex) continue;
    const { reader } = fullBoxOf(body);
    defaults.set(reader.u32(), { entry: reader.u32(), duration: reader.u32(), size: reader.u32() });
  }
  return defaults;
}

/**
 * What an edit list asks for at the start (ISO/IEC 14496-12, 8.6.6): empty edits wait, and the first that is not begins
 * at a time of the media. What follows it is passed over: it is about a whole that nobody has yet.
 */
function shiftIn(elst: Uint8Array | undefined, timescale: number, movieTimescale: number): number {
  if (!elst) return 0;
  const box = fullBoxOf(elst);
  const count = Math.min(box.reader.u32(), MAX_EDITS);
  let wait = 0;
  for (let i = 0; i < count; i++) {
    const duration = unsigned(box);
    const mediaTime = signed(box);
    box.reader.skip(4); // rate
    if (mediaTime >= 0) return Math.round(movieTimescale > 0 ? (wait * timescale) / movieTimescale : 0) - mediaTime;
    wait += duration;
  }
  return 0;
}

function entriesIn(kind: Kind, stsd: Uint8Array | undefined): SampleEntry[] {
  if (!stsd) return [];
  const { reader } = fullBoxOf(stsd);
  reader.skip(4);
  return boxesIn(reader.rest())
    .slice(0, MAX_ENTRIES)
    .map((entry) => readSampleEntry(kind, entry));
}
