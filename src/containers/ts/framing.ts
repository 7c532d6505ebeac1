import { parseMpegAudio } from '../../media/codec/mp3.ts';
import { parseAc3Frame } from '../../media/codec/ac3-reader.ts';

/** What `Framing` gives where there is no frame, and where more bytes are needed to tell. */
export const NO_FRAME = 0;
export const MORE: number = -1;

/** The length of the frame that begins at an offset of the bytes, which need not be there in full; `NO_FRAME` or `MORE`. */
export type Framing = (bytes: Uint8Array, at: number) => number;

const ADTS_HEADER = 7;
const LOAS_HEADER = 3;
const SYNCFRAME = 7;
/** bsid of E-AC-3 begins here (ETSI TS 102 366, E.1.3.1.6). */
const EAC3_BSID = 11;
const DEPENDENT = 1;
/** Bytes of an access unit of Opus: 48 frames of the longest, with what goes with them. */
const MAX_OPUS = 0xf000;
/** opus_control_header: prefix, and flags of what it holds. */
const OPUS_PREFIX = 0xe0;
const OPUS_FLAG = { startTrim: 0x10, endTrim: 0x08, extension: 0x04 } as const;

/** ADTS (ISO/IEC 14496-3, 1.A.2.2). */
export function adtsLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < ADTS_HEADER) return bytes[at] === 0xff ? MORE : NO_FRAME;
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return NO_FRAME;
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  return length > ADTS_HEADER ? length : NO_FRAME;
}

/** AudioSyncStream, LOAS with LATM in it (ISO/IEC 14496-3, 1.7.2). */
export function loasLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < LOAS_HEADER) return bytes[at] === 0x56 ? MORE : NO_FRAME;
  if (bytes[at] !== 0x56 || (bytes[at + 1]! & 0xe0) !== 0xe0) return NO_FRAME;
  return LOAS_HEADER + (((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!);
}

/** MPEG audio of any layer; one of a free bit rate does not tell its length. */
export function mpegAudioLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < 4) return bytes[at] === 0xff ? MORE : NO_FRAME;
  return parseMpegAudio(bytes, at)?.length ?? NO_FRAME;
}

/** AC-3, and access units of E-AC-3: an independent syncframe, and those that depend on it as far as they are there. */
export function ac3Length(bytes: Uint8Array, at: number): number {
  const length = syncframeLength(bytes, at);
  if (length <= 0 || !isEac3At(bytes, at)) return length;
  for (let end = at + length; ;) {
    const next = syncframeLength(bytes, end);
    const follows = next > 0 && isEac3At(bytes, end) && !isIndependent(bytes, end);
    if (!follows || end + next > bytes.length) return end - at;
    end += next;
  }
}

/** True for a syncframe of E-AC-3 rather than AC-3. */
export function isEac3At(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 5]! >> 3 >= EAC3_BSID;
}

function isIndependent(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at + 2]! >> 6;
  return type !== DEPENDENT && ((bytes[at + 2]! >> 3) & 7) === 0;
}

function syncframeLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < SYNCFRAME) return bytes[at] === 0x0b ? MORE : NO_FRAME;
  if (bytes[at] !== 0x0b || bytes[at + 1] !== 0x77) return NO_FRAME;
  if (!isEac3At(bytes, at)) return parseAc3Frame(bytes, at)?.length ?? NO_FRAME;
  return 2 * ((((bytes[at + 2]! & 7) << 8) | bytes[at + 3]!) + 1);
}

/** An access unit of Opus with its control header. */
export function opusLength(bytes: Uint8Array, at: number): number {
  const head = opusHead(bytes, at);
  if (!head) return bytes.length - at < 3 && bytes[at] === 0x7f ? MORE : NO_FRAME;
  return head.start + head.size;
}

/** Bytes of a control header, and of what it is in front of; undefined where there is none in full. */
export function opusHead(bytes: Uint8Array, at = 0): { start: number; size: number } | undefined {
  if (bytes[at] !== 0x7f || ((bytes[at + 1] ?? 0) & OPUS_PREFIX) !== OPUS_PREFIX) return undefined;
  const flags = bytes[at + 1]!;
  let size = 0;
  let end = at + 2;
  for (let byte = 255; byte === 255;) {
    const next = bytes[end++];
    if (next === undefined || size > MAX_OPUS) return undefined;
    byte = next;
    size += byte;
  }
  if ((flags & OPUS_FLAG.startTrim) !== 0) end += 2;
  if ((flags & OPUS_FLAG.endTrim) !== 0) end += 2;
  if ((flags & OPUS_FLAG.extension) !== 0) end += 1 + (bytes[end] ?? 0);
  return size > 0 ? { start: end - at, size } : undefined;
}
