import { ProtocolError } from '../../errors.ts';
import { BitReader } from '../bytes/bit-reader.ts';
import type { Color } from './codec.ts';
import type { NalSpan } from './nal.ts';
import { unlessBroken } from './unless-broken.ts';
import { MAX_SIDE } from './picture-size.ts';
import { chromaLayout, type VpxKeyFrame } from './vpx-config.ts';

const FRAME_MARKER = 2;
const SYNC_CODE = 0x49_8342;
const SRGB = 7;

/** The top bits of the byte around the index of a superframe (VP9, annex B). */
const INDEX_MASK = 0xe0;
const INDEX_MARK = 0xc0;

/** color_space (VP9, 7.2.2) as primaries, transfer and matrix of ITU-T H.273. 6 is reserved. */
const COLORS: readonly (readonly [number, number, number])[] = [
  [2, 2, 2],
  [5, 6, 5], // BT.601
  [1, 1, 1], // BT.709
  [6, 6, 6], // SMPTE 170M
  [7, 7, 7], // SMPTE 240M
  [9, 2, 9], // BT.2020, whose curve may as well be PQ or HLG
  [2, 2, 2],
  [1, 13, 0], // sRGB
];

/** What the beginning of a frame says. */
export interface Vp9Frame {
  profile: number;
  /** Shows a frame from before again, and nothing else. */
  showExisting: boolean;
  key: boolean;
  shown: boolean;
  /** For a key frame whose header can be read. */
  picture?: VpxKeyFrame;
}

/**
 * Reads the uncompressed header of a VP9 frame as far as its size (VP9, 6.2); never throws. Undefined where no frame
 * begins.
 */
export function parseVp9Frame(data: Uint8Array): Vp9Frame | undefined {
  return unlessBroken(() => readFrame(new BitReader(data)));
}

function readFrame(bits: BitReader): Vp9Frame | undefined {
  if (bits.bits(2) !== FRAME_MARKER) return undefined;
  const low = bits.bit();
  const profile = low + 2 * bits.bit();
  if (profile === 3 && bits.flag()) return undefined; // reserved_zero
  if (bits.flag()) return { profile, showExisting: true, key: false, shown: true };
  const key = !bits.flag();
  const shown = bits.flag();
  bits.skip(1); // error_resilient_mode
  if (!key) return { profile, showExisting: false, key, shown };
  if (bits.bits(24) !== SYNC_CODE) return undefined;
  const picture = { profile, ...readColors(bits, profile), width: bits.bits(16) + 1, height: bits.bits(16) + 1 };
  if (picture.width > MAX_SIDE || picture.height > MAX_SIDE) return undefined;
  return { profile, showExisting: false, key, shown, picture };
}

/** color_config (VP9, 6.2.2). */
function readColors(bits: BitReader, profile: number): { bitDepth: number; chroma: number; color: Color } {
  const bitDepth = profile < 2 ? 8 : bits.flag() ? 12 : 10;
  const space = bits.bits(3);
  const [primaries, transfer, matrix] = COLORS[space]!;
  const has420 = profile === 0 || profile === 2;
  if (space === SRGB) {
    // Only the profiles with full chroma may have it.
    if (has420) throw new ProtocolError(`A VP9 frame of profile ${profile} has RGB colours.`);
    bits.skip(1);
    return { bitDepth, chroma: chromaLayout.full444, color: { primaries, transfer, matrix, fullRange: true } };
  }
  const color = { primaries, transfer, matrix, fullRange: bits.flag() };
  return { bitDepth, chroma: has420 ? chromaLayout.colocated420 : readSubsampling(bits), color };
}

function readSubsampling(bits: BitReader): number {
  const halfColumns = bits.flag();
  const halfRows = bits.flag();
  bits.skip(1); // reserved_zero
  if (halfColumns) return halfRows ? chromaLayout.colocated420 : chromaLayout.half422;
  return halfRows ? chromaLayout.half440 : chromaLayout.full444;
}

/**
 * Finds the frames of a superframe by the index at its end (VP9, annex B). Without one, or where its sizes are not
 * true, all is one frame. Empty ones are passed over.
 */
export function splitSuperframe(data: Uint8Array): NalSpan[] {
  const whole = [{ start: 0, end: data.length }];
  const mark = data.at(-1) ?? 0;
  if ((mark & INDEX_MASK) !== INDEX_MARK) return whole;
  const count = (mark & 7) + 1;
  const width = ((mark >> 3) & 3) + 1;
  const index = data.length - 2 - width * count;
  if (index < 0 || data[index] !== mark) return whole;
  const spans: NalSpan[] = [];
  let start = 0;
  for (let at = index + 1; at < data.length - 1; at += width) {
    let size = 0;
    for (let i = width - 1; i >= 0; i--) size = size * 256 + data[at + i]!;
    if (size > index - start) return whole;
    if (size > 0) spans.push({ start, end: start + size });
    start += size;
  }
  return spans;
}
