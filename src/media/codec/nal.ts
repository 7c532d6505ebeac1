import { ProtocolError } from '../../errors.ts';
import { MAX_UNIT } from './video-reader.ts';

/** What one access unit of H.26x may hold; a peer's lengths are believed only up to here. */
export interface NalLimits {
  /** Bytes of one NAL unit. */
  readonly nal: number;
  /** Bytes of one access unit. */
  readonly unit: number;
  /** NAL units in one access unit. */
  readonly count: number;
  /** Bytes of one parameter set. */
  readonly parameterSet: number;
}

export const nalLimits: NalLimits = { nal: 8 * 2 ** 20, unit: MAX_UNIT, count: 1024, parameterSet: 4096 };

/** Where one NAL unit lies in the bytes of its access unit. */
export interface NalSpan {
  start: number;
  end: number;
}

/** Bytes before each NAL unit in a frame. */
export const NAL_PREFIX = 4;

/**
 * Finds the NAL units of an access unit in which each is preceded by its length (ISO/IEC 14496-15, 4.3). Empty ones are
 * passed over, one that is cut off at the end is left out.
 *
 * @throws ProtocolError above the limits.
 */
export function splitLengthPrefixed(data: Uint8Array, lengthSize: number, limits: NalLimits = nalLimits): NalSpan[] {
  checkUnit(data, limits);
  const spans: NalSpan[] = [];
  let at = 0;
  while (at + lengthSize <= data.length) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + data[at + i]!;
    const start = at + lengthSize;
    if (length > data.length - start) break;
    if (length > 0) addSpan(spans, start, start + length, limits);
    at = start + length;
  }
  return spans;
}

/** True where the lengths lead exactly to the end; otherwise the bytes are cut off or not length-prefixed at all. */
export function isLengthPrefixed(data: Uint8Array, lengthSize: number): boolean {
  let at = 0;
  while (at + lengthSize <= data.length) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + data[at + i]!;
    at += lengthSize + length;
  }
  return at === data.length;
}

/**
 * Finds the NAL units of a byte stream with start codes (ITU-T H.264, Annex B). Bytes before the first start code and
 * zeros after a NAL unit belong to none.
 *
 * @throws ProtocolError above the limits.
 */
export function splitAnnexB(data: Uint8Array, limits: NalLimits = nalLimits): NalSpan[] {
  checkUnit(data, limits);
  const spans: NalSpan[] = [];
  let start = -1;
  for (let one = nextStart(data, 2); ; one = nextStart(data, start + 2)) {
    if (start >= 0) {
      let end = one < 0 ? data.length : one - 2;
      while (end > start && data[end - 1] === 0) end--;
      if (end > start) addSpan(spans, start, end, limits);
    }
    if (one < 0) return spans;
    start = one + 1;
  }
}

/** Where the 1 of a start code lies, from an offset on; -1 where there is none. */
function nextStart(data: Uint8Array, from: number): number {
  for (let at = from; at < data.length;) {
    const byte = data[at]!;
    if (byte === 1 && data[at - 1] === 0 && data[at - 2] === 0) return at;
    // Only a 0 may be within a start code that ends further on.
    at += byte === 0 ? 1 : 3;
  }
  return -1;
}

/** True for bytes that begin with a start code. */
export function isAnnexB(data: Uint8Array): boolean {
  return data[0] === 0 && data[1] === 0 && (data[2] === 1 || (data[2] === 0 && data[3] === 1));
}

/** Writes NAL units with 4-byte lengths; `spans` lie in `data`. */
export function joinLengthPrefixed(data: Uint8Array, spans: readonly NalSpan[]): Uint8Array {
  let length = 0;
  for (const { start, end } of spans) length += NAL_PREFIX + end - start;
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { start, end } of spans) {
    view.setUint32(at, end - start);
    out.set(data.subarray(start, end), at + NAL_PREFIX);
    at += NAL_PREFIX + end - start;
  }
  return out;
}

/** Writes NAL units with 4-byte start codes, as Annex B asks for before the first one and parameter sets. */
export function joinAnnexB(nals: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const nal of nals) length += NAL_PREFIX + nal.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const nal of nals) {
    out[at + NAL_PREFIX - 1] = 1;
    out.set(nal, at + NAL_PREFIX);
    at += NAL_PREFIX + nal.length;
  }
  return out;
}

/** The NAL units of a frame as views. */
export function nalsOf(data: Uint8Array): Uint8Array[] {
  return splitLengthPrefixed(data, NAL_PREFIX).map(({ start, end }) => data.subarray(start, end));
}

/** A frame's 4-byte lengths turned into start codes. */
export function toAnnexB(data: Uint8Array): Uint8Array {
  return joinAnnexB(nalsOf(data));
}

/**
 * Removes the emulation prevention bytes: the 3 of each 0 0 3 (H.264, 7.4.1). Returns the same bytes where there are
 * none.
 */
export function unescapeNal(nal: Uint8Array): Uint8Array {
  let three = nextEscape(nal, 2);
  if (three < 0) return nal;
  const out = new Uint8Array(nal.length - 1);
  let from = 0;
  let length = 0;
  while (three >= 0) {
    out.set(nal.subarray(from, three), length);
    length += three - from;
    from = three + 1;
    three = nextEscape(nal, from + 2); // the zeros before this one are used up
  }
  out.set(nal.subarray(from), length);
  return out.subarray(0, length + nal.length - from);
}

function nextEscape(nal: Uint8Array, from: number): number {
  for (let at = nal.indexOf(3, from); at >= 0; at = nal.indexOf(3, at + 1)) {
    if (nal[at - 1] === 0 && nal[at - 2] === 0) return at;
  }
  return -1;
}

/**
 * Checks a number in a parameter set; `what` it counts is for people.
 *
 * @throws ProtocolError above `most`.
 */
export function bounded(value: number, most: number, what: string): number {
  if (value > most) throw new ProtocolError(`A parameter set says ${value} ${what}; at most ${most} is allowed.`);
  return value;
}

function checkUnit(data: Uint8Array, limits: NalLimits): void {
  if (data.length > limits.unit) {
    throw new ProtocolError(`An access unit has more than ${limits.unit} bytes.`, 'limit-exceeded');
  }
}

function addSpan(spans: NalSpan[], start: number, end: number, limits: NalLimits): void {
  if (end - start > limits.nal) {
    throw new ProtocolError(`A NAL unit has more than ${limits.nal} bytes.`, 'limit-exceeded');
  }
  if (spans.length >= limits.count) {
    throw new ProtocolError(`An access unit has more than ${limits.count} NAL units.`, 'limit-exceeded');
  }
  spans.push({ start, end });
}
