import { hevcHeader, hevcType } from '../../media/codec/h265-nal.ts';
import { nalType } from '../../media/codec/h264-sets.ts';

/** What a NAL unit means for where access units begin. */
export type NalPlace = 'delimiter' | 'before' | 'first' | 'picture' | 'other';

/** Bytes behind a start code by which that is known. */
export const PLACE_BYTES = 3;

/** H.264, 7.4.1.2.3. A picture begins with the slice of its first macroblock. */
export function h264Place(bytes: Uint8Array, at: number): NalPlace {
  const type = bytes[at]! & 0x1f;
  if (type >= nalType.slice && type <= nalType.idr) {
    const first = (bytes[at + 1] ?? 0) >= 0x80 && (type === nalType.slice || type === 2 || type === nalType.idr);
    return first ? 'first' : 'picture';
  }
  if (type === nalType.aud) return 'delimiter';
  const before = type === nalType.sei || type === nalType.sps || type === nalType.pps || (type >= 14 && type <= 18);
  return before ? 'before' : 'other';
}

/** H.265, 7.4.2.4.4. */
export function h265Place(bytes: Uint8Array, at: number): NalPlace {
  const { type, layer } = hevcHeader(bytes[at]!, bytes[at + 1] ?? 0);
  if (layer !== 0) return 'other';
  if (type < hevcType.vps) return (bytes[at + 2] ?? 0) >= 0x80 ? 'first' : 'picture';
  if (type === hevcType.aud) return 'delimiter';
  const set = type === hevcType.vps || type === hevcType.sps || type === hevcType.pps;
  const reserved = (type >= 41 && type <= 44) || (type >= 48 && type <= 55);
  return set || type === hevcType.prefixSei || reserved ? 'before' : 'other';
}
