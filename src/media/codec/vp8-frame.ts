import { UNTOLD_COLOR } from './color.ts';
import { chromaLayout, type VpxKeyFrame } from './vpx-config.ts';

/** Frame tag, start code and size of a key frame. */
const KEY_HEAD = 10;
/** The other versions are reserved (RFC 6386, 9.1). */
const MAX_VERSION = 3;
/** A size of 14 bits; above it stands how to scale the picture. */
const SIZE_MASK = 0x3fff;

/** Reads the header of a VP8 key frame (RFC 6386, 9.1). Undefined for other frames, and for what is none. */
export function parseVp8KeyFrame(data: Uint8Array): VpxKeyFrame | undefined {
  if (data.length < KEY_HEAD || (data[0]! & 1) !== 0) return undefined;
  if (data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return undefined;
  const profile = (data[0]! >> 1) & 7;
  const width = (data[6]! | (data[7]! << 8)) & SIZE_MASK;
  const height = (data[8]! | (data[9]! << 8)) & SIZE_MASK;
  if (profile > MAX_VERSION || width === 0 || height === 0) return undefined;
  return { profile, bitDepth: 8, chroma: chromaLayout.colocated420, color: UNTOLD_COLOR, width, height };
}
