import { BitReader } from '../bytes/bit-reader.ts';
import { readProfile } from './h265-profile.ts';
import { readReorder, readSubLayers, skipSubLayerProfiles } from './h265-sub-layers.ts';
import { readPictureRate } from './h265-vui.ts';
import { bounded, nalLimits, unescapeNal } from './nal.ts';
import { unlessBroken } from './unless-broken.ts';

/** vps_num_layer_sets_minus1 (H.265, 7.4.3.1). */
const MAX_LAYER_SETS = 1023;

/** What a video parameter set says, as far as it can be read. */
export interface HevcVps {
  id: number;
  /** Pictures per second. */
  pictureRate?: number;
}

/**
 * Reads a video parameter set (H.265, 7.3.2.1) up to its timing. What cannot be read is left out; never throws.
 * Undefined where not even its id is there.
 */
export function parseHevcVps(nal: Uint8Array): HevcVps | undefined {
  if (nal.length < 3 || nal.length > nalLimits.parameterSet) return undefined;
  const vps: HevcVps = { id: nal[2]! >> 4 };
  const rate = unlessBroken(() => readRate(new BitReader(unescapeNal(nal))));
  if (rate !== undefined) vps.pictureRate = rate;
  return vps;
}

function readRate(bits: BitReader): number | undefined {
  bits.skip(16 + 4 + 2 + 6); // header, id, base layer, layers
  const subLayers = readSubLayers(bits);
  bits.skip(1 + 16); // vps_temporal_id_nesting_flag, 0xffff
  readProfile(bits);
  skipSubLayerProfiles(bits, subLayers);
  readReorder(bits, subLayers);
  const layers = bits.bits(6) + 1;
  bits.skip(bounded(bits.ue(), MAX_LAYER_SETS, 'layer sets after the first') * layers);
  return bits.flag() ? readPictureRate(bits) : undefined;
}
