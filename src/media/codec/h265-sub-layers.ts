import type { BitReader } from '../bytes/bit-reader.ts';
import { bounded } from './nal.ts';

/** Temporal sub-layers of a stream (H.265, 7.4.3.1 and 7.4.3.2.1). */
const MAX_SUB_LAYERS = 7;
/** Pictures that a decoder keeps (H.265, A.4.2). */
const MAX_PICTURES = 16;

/** Bits of the profile of one sub-layer, and of its level (H.265, 7.3.3). */
const PROFILE_BITS = 88;
const LEVEL_BITS = 8;
/** Where there is any above the first, flags for this many sub-layers are there. */
const FLAGGED = 8;

/** Reads the number of sub-layers. */
export function readSubLayers(bits: BitReader): number {
  return bounded(bits.bits(3), MAX_SUB_LAYERS - 1, 'sub-layers after the first') + 1;
}

/** Passes over what profile_tier_level says of each sub-layer (H.265, 7.3.3). */
export function skipSubLayerProfiles(bits: BitReader, subLayers: number): void {
  const below = subLayers - 1;
  if (below === 0) return;
  let size = 0;
  for (let i = 0; i < below; i++) {
    if (bits.flag()) size += PROFILE_BITS;
    if (bits.flag()) size += LEVEL_BITS;
  }
  bits.skip((FLAGGED - below) * 2 + size);
}

/** Reads how many pictures may come before one that is shown earlier, for the highest sub-layer. */
export function readReorder(bits: BitReader, subLayers: number): number {
  const times = bits.flag() ? subLayers : 1;
  let reorder = 0;
  for (let i = 0; i < times; i++) {
    bounded(bits.ue(), MAX_PICTURES - 1, 'pictures kept after the first');
    reorder = bounded(bits.ue(), MAX_PICTURES - 1, 'reordered pictures');
    bits.ue(); // max_latency_increase_plus1
  }
  return reorder;
}
