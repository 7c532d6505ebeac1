import { ProtocolError } from '../errors.ts';

/** Boxes that hold boxes, on the way to the tables of samples and the edit lists (ISO/IEC 14496-12). */
const HOLDERS = new Set(['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'moof', 'traf']);
/** Size and type of a box. */
const HEADER = 8;
/** Version and flags of a full box, then a count. */
const COUNT = 4;
const TABLE = COUNT + 4;

/**
 * Adds up what the tables in a `moov` or `moof` say. Their counts are a few bytes that may promise billions of samples,
 * for each of which the library makes room.
 *
 * @param bytes The box with its header.
 * @param most Samples of a track that can be.
 * @throws ProtocolError above that.
 */
export function checkMp4Tables(bytes: Uint8Array, most: number): void {
  const view = viewOf(bytes);
  for (const { type, at, end } of boxesIn(view)) {
    if (samplesOf(view, type, at, end) > most) {
      throw new ProtocolError(`A table of the file promises more than ${most} samples.`, 'limit-exceeded');
    }
  }
}

/** The parts of the longest edit list in a `moov`; those that only wait are none. */
export function editsIn(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  let most = 0;
  for (const { type, at, end } of boxesIn(view)) {
    if (type === 'elst' && at + TABLE <= end) most = Math.max(most, partsOf(view, at, end));
  }
  return most;
}

interface Box {
  type: string;
  /** Behind its header. */
  at: number;
  end: number;
}

/** The boxes that hold no others, as far as they are there. */
function* boxesIn(view: DataView): Generator<Box, void> {
  const open: { at: number; end: number }[] = [{ at: 0, end: view.byteLength }];
  for (let span = open.pop(); span; span = open.pop()) {
    let { at } = span;
    while (at + HEADER <= span.end) {
      const size = view.getUint32(at);
      if (size < HEADER) break;
      const end = Math.min(span.end, at + size);
      const type = typeAt(view, at);
      if (HOLDERS.has(type)) open.push({ at: at + HEADER, end });
      else yield { type, at: at + HEADER, end };
      at = end;
    }
  }
}

/** Of an edit list: how many entries have a place in the media (8.6.6). */
function partsOf(view: DataView, at: number, end: number): number {
  const isLong = view.getUint8(at) === 1;
  const [entry, place] = isLong ? [20, 8] : [12, 4];
  const count = Math.min(view.getUint32(at + COUNT), Math.floor((end - at - TABLE) / entry));
  let parts = 0;
  for (let index = 0; index < count; index++) {
    if (view.getInt32(at + TABLE + index * entry + place) !== -1) parts++;
  }
  return parts;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** The four characters of a box's type. */
export function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
}

function samplesOf(view: DataView, type: string, at: number, end: number): number {
  if (at + TABLE > end) return 0;
  const count = view.getUint32(at + COUNT);
  if (type === 'trun') return count;
  if (type === 'stsz' || type === 'stz2') return at + TABLE + 4 > end ? 0 : view.getUint32(at + TABLE);
  if (type !== 'stts' && type !== 'ctts') return 0;
  let samples = 0;
  for (let entry = at + TABLE; entry + 8 <= end; entry += 8) samples += view.getUint32(entry);
  return samples;
}
