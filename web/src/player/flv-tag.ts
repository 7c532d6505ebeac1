/** FLV 10.1, annex E, and Enhanced RTMP v2: tags as bytes, and what their first ones say. */

import { codecOf as codecOfFourCc, fourCcWords } from '../../../src/containers/flv/four-cc.ts';

/** 9 bytes of header, then before each tag the size of the one before it. */
export const FLV_HEADER = 13;
export const TAG_HEADER = 11;
/** Of the size of a tag, which follows it. */
export const BACK_POINTER = 4;
const AUDIO = 8;
const VIDEO = 9;
const HAS_AUDIO = 4;
const HAS_VIDEO = 1;
/** A tag longer than this is not FLV that we were sent. bytes */
const MAX_TAG = 24 * 1024 * 1024;

/** SoundFormat: that of a FourCC, and the others as our short names. */
const ENHANCED_AUDIO = 9;
const AAC = 10;
const sounds: Readonly<Record<number, string>> = { 2: 'mp3', 7: 'pcma', 8: 'pcmu', 10: 'aac', 14: 'mp3' };
/** CodecID, the same for pictures. */
const pictures: Readonly<Record<number, string>> = { 7: 'h264', 12: 'h265' };

/** Packet types of an enhanced tag. */
const START = 0;
const FRAMES = 1;
/** This and all above: metadata, channels, further tracks, extensions. */
const EXTRA = 4;
const FOUR_CC_END = TAG_HEADER + 5;

export type Kind = 'audio' | 'video';

/** Where a tag stands in some bytes. */
export interface Tag {
  kind: Kind | 'data';
  /** Offset and whole length of the tag, with the size that follows it. */
  at: number;
  length: number;
  /** ms */
  time: number;
}

/** The tag at an offset; `undefined` while it is not there as a whole. Throws when it cannot be one. */
export function tagAt(bytes: Uint8Array, at: number): Tag | undefined {
  if (at + TAG_HEADER > bytes.length) return undefined;
  const size = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  if (size > MAX_TAG) throw new Error('A tag is longer than a tag can be.');
  const length = TAG_HEADER + size + BACK_POINTER;
  if (at + length > bytes.length) return undefined;
  const time = bytes[at + 7]! * 2 ** 24 + ((bytes[at + 4]! << 16) | (bytes[at + 5]! << 8) | bytes[at + 6]!);
  const type = bytes[at]! & 0x1f;
  return { kind: type === AUDIO ? 'audio' : type === VIDEO ? 'video' : 'data', at, length, time };
}

/** Kinds that the flags of a file header announce; both where it announces none. */
export function announced(flags: number): Kind[] {
  const kinds: Kind[] = [];
  if (flags & HAS_VIDEO) kinds.push('video');
  if (flags & HAS_AUDIO) kinds.push('audio');
  return kinds.length > 0 ? kinds : ['video', 'audio'];
}

/** A file header that announces these kinds. */
export function flvHeader(kinds: readonly Kind[]): Uint8Array {
  const flags = (kinds.includes('video') ? HAS_VIDEO : 0) | (kinds.includes('audio') ? HAS_AUDIO : 0);
  return new Uint8Array([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]);
}

/** Enhanced FLV marks its tags: a bit for pictures, sound format 9 for sound. The packet type is in the low four bits. */
function enhanced(kind: Kind, tag: Uint8Array): boolean {
  return kind === 'video' ? (tag[TAG_HEADER]! & 0x80) !== 0 : tag[TAG_HEADER]! >> 4 === ENHANCED_AUDIO;
}

/** Our short name of the codec of a tag; its FourCC or number where we have none. */
export function codecOf(kind: Kind, tag: Uint8Array): string {
  const first = tag[TAG_HEADER]!;
  if (enhanced(kind, tag)) {
    const fourCc = tag.subarray(TAG_HEADER + 1, FOUR_CC_END).reduce((number, byte) => ((number << 8) | byte) >>> 0, 0);
    return codecOfFourCc(fourCc) ?? fourCcWords(fourCc);
  }
  const id = kind === 'video' ? first & 15 : first >> 4;
  return (kind === 'video' ? pictures : sounds)[id] ?? `${kind} ${id}`;
}

/** It holds a codec config, not a frame. */
export function isConfig(kind: Kind, tag: Uint8Array): boolean {
  const first = tag[TAG_HEADER]!;
  if (enhanced(kind, tag)) return (first & 15) === START;
  if (kind === 'audio') return first >> 4 === AAC && tag[TAG_HEADER + 1] === 0;
  return tag[TAG_HEADER + 1] === 0;
}

/** Colour information, channels, further tracks and the like, which the player library takes for errors. */
export function isExtra(kind: Kind, tag: Uint8Array): boolean {
  return enhanced(kind, tag) && (tag[TAG_HEADER]! & 15) >= EXTRA;
}

/** Decoding of the picture can start here. */
export function isKey(tag: Uint8Array): boolean {
  return ((tag[TAG_HEADER]! >> 4) & 7) === 1;
}

/** Presentation minus decode time of a picture in ms, 0 where the tag has none. */
export function composition(tag: Uint8Array): number {
  const isEnhanced = enhanced('video', tag);
  if (isEnhanced && ((tag[TAG_HEADER]! & 15) !== FRAMES || codecOf('video', tag) !== 'h265')) return 0;
  const at = isEnhanced ? FOUR_CC_END : TAG_HEADER + 2;
  return ((tag[at]! << 24) | (tag[at + 1]! << 16) | (tag[at + 2]! << 8)) >> 8;
}

/** The same tag at another time, ms. */
export function atTime(tag: Uint8Array, time: number): Uint8Array {
  const moved = tag.slice();
  moved[4] = (time >> 16) & 255;
  moved[5] = (time >> 8) & 255;
  moved[6] = time & 255;
  moved[7] = (time >>> 24) & 255;
  return moved;
}

/** The signature before FLAC's first block, which the player library does not expect there (RFC 9639, 8.1). */
const FLAC_MARK = [0x66, 0x4c, 0x61, 0x43];

/** A FLAC config in the form that the player library reads: without the signature before its block. */
export function plainFlac(tag: Uint8Array): Uint8Array {
  if (FLAC_MARK.some((byte, index) => tag[FOUR_CC_END + index] !== byte)) return tag;
  const plain = new Uint8Array(tag.length - FLAC_MARK.length);
  plain.set(tag.subarray(0, FOUR_CC_END));
  plain.set(tag.subarray(FOUR_CC_END + FLAC_MARK.length), FOUR_CC_END);
  const view = new DataView(plain.buffer);
  const whole = plain.length - BACK_POINTER;
  view.setUint32(0, (tag[0]! << 24) | (whole - TAG_HEADER));
  view.setUint32(whole, whole);
  return plain;
}
