import { BitReader } from '../bytes/bit-reader.ts';
import { HEVC_HEADER, hevcHeader } from './h265-nal.ts';
import { type HevcProfile, readProfile } from './h265-profile.ts';
import { skipLongTerm, skipShortTermSets } from './h265-references.ts';
import { readReorder, readSubLayers, skipSubLayerProfiles } from './h265-sub-layers.ts';
import { type HevcVui, readVui } from './h265-vui.ts';
import { bounded, nalLimits, unescapeNal } from './nal.ts';
import { putSize } from './picture-size.ts';
import { unlessBroken } from './unless-broken.ts';
import { FULL_CHROMA } from './vui.ts';

/** sps_seq_parameter_set_id (H.265, 7.4.3.2.1). */
const MAX_ID = 15;
/** bit_depth_luma_minus8 (H.265, 7.4.3.2.1). */
const MAX_EXTRA_DEPTH = 8;
/** log2_max_pic_order_cnt_lsb_minus4 (H.265, 7.4.3.2.1). */
const MAX_EXTRA_ORDER_BITS = 12;

/** What a sequence parameter set says, as far as it can be read. */
export interface HevcSps extends HevcVui {
  profile: HevcProfile;
  /** Temporal sub-layers, 1 to 7. */
  subLayers: number;
  /** Whether one can change to a higher sub-layer at every picture. */
  nested: boolean;
  id?: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat?: number;
  /** Pixels after cropping. */
  width?: number;
  height?: number;
  bitDepthLuma?: number;
  bitDepthChroma?: number;
  /** Pictures that may come before one that is shown earlier. */
  reorder?: number;
}

/**
 * Reads a sequence parameter set of the base layer (H.265, 7.3.2.2 and annex E). What cannot be read, or is out of
 * bounds, is left out together with all that comes after it; never throws. Undefined only where not even the profile is
 * there, and for other layers.
 */
export function parseHevcSps(nal: Uint8Array): HevcSps | undefined {
  if (nal.length < HEVC_HEADER || nal.length > nalLimits.parameterSet) return undefined;
  if (hevcHeader(nal[0]!, nal[1]!).layer !== 0) return undefined;
  const bits = new BitReader(unescapeNal(nal));
  const sps = unlessBroken(() => readSpsHead(bits));
  if (sps) unlessBroken(() => readSps(bits, sps));
  return sps;
}

/**
 * Reads the beginning of a sequence parameter set, up to the general profile.
 *
 * @throws ProtocolError where it is cut off.
 */
export function readSpsHead(bits: BitReader): HevcSps {
  bits.skip(16 + 4); // header, sps_video_parameter_set_id
  return { subLayers: readSubLayers(bits), nested: bits.flag(), profile: readProfile(bits) };
}

function readSps(bits: BitReader, sps: HevcSps): void {
  skipSubLayerProfiles(bits, sps.subLayers);
  sps.id = bounded(bits.ue(), MAX_ID, 'as id');
  readPicture(bits, sps);
  const orderBits = 4 + bounded(bits.ue(), MAX_EXTRA_ORDER_BITS, 'bits of picture order after the fourth');
  sps.reorder = readReorder(bits, sps.subLayers);
  for (let i = 0; i < 6; i++) bits.ue(); // sizes of coding and transform blocks, depths of their trees
  if (bits.flag() && bits.flag()) skipScalingLists(bits);
  bits.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (bits.flag()) skipPcm(bits);
  skipShortTermSets(bits);
  skipLongTerm(bits, orderBits);
  bits.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
  if (bits.flag()) readVui(bits, sps, { subLayers: sps.subLayers, full: sps.chromaFormat === FULL_CHROMA });
}

/** Chroma, size and bit depth. */
function readPicture(bits: BitReader, sps: HevcSps): void {
  const chromaFormat = bounded(bits.ue(), FULL_CHROMA, 'as chroma format');
  sps.chromaFormat = chromaFormat;
  const chroma = chromaFormat === FULL_CHROMA && bits.flag() ? 0 : chromaFormat; // separate_colour_plane_flag
  let width = bits.ue();
  let height = bits.ue();
  if (bits.flag()) {
    width -= (bits.ue() + bits.ue()) * (chroma === 1 || chroma === 2 ? 2 : 1);
    height -= (bits.ue() + bits.ue()) * (chroma === 1 ? 2 : 1);
  }
  putSize(sps, { width, height });
  sps.bitDepthLuma = 8 + bounded(bits.ue(), MAX_EXTRA_DEPTH, 'as extra bit depth');
  sps.bitDepthChroma = 8 + bounded(bits.ue(), MAX_EXTRA_DEPTH, 'as extra bit depth');
}

/** H.265, 7.3.4. */
function skipScalingLists(bits: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < (size === 3 ? 2 : 6); matrix++) {
      if (!bits.flag()) {
        bits.ue(); // scaling_list_pred_matrix_id_delta
        continue;
      }
      const coefficients = Math.min(64, 4 ** (size + 2)) + (size > 1 ? 1 : 0); // the larger have one for DC before them
      for (let i = 0; i < coefficients; i++) bits.se();
    }
  }
}

function skipPcm(bits: BitReader): void {
  bits.skip(8); // bit depths
  bits.ue(); // sizes of blocks
  bits.ue();
  bits.skip(1); // pcm_loop_filter_disabled_flag
}
