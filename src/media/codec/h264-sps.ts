import { BitReader } from '../bytes/bit-reader.ts';
import type { Color } from './codec.ts';
import { bounded, nalLimits, unescapeNal } from './nal.ts';
import { putSize } from './picture-size.ts';
import { unlessBroken } from './unless-broken.ts';
import { FULL_CHROMA, rateOf, readAspect, readColor } from './vui.ts';

/** max_num_ref_frames (H.264, A.3.1). */
const MAX_REFERENCES = 16;
/** num_ref_frames_in_pic_order_cnt_cycle (H.264, 7.4.2.1.1). */
const MAX_CYCLE = 255;
/** cpb_cnt_minus1 + 1 (H.264, E.2.2). */
const MAX_CPB = 32;

const MACROBLOCK = 16;

/** Profiles whose parameter sets tell of chroma and bit depth (H.264, 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** What a sequence parameter set says, as far as it can be read. */
export interface Sps {
  profile: number;
  /** The constraint flags and two reserved bits, as one byte. */
  constraints: number;
  level: number;
  id?: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  chromaFormat?: number;
  bitDepthLuma?: number;
  bitDepthChroma?: number;
  references?: number;
  /** Pixels after cropping. */
  width?: number;
  height?: number;
  interlaced?: boolean;
  /** Width and height of a sample. */
  aspect?: [number, number];
  color?: Color;
  /** Frames per second from the VUI. */
  frameRate?: number;
  /** Frames that may come before one that is shown earlier. */
  reorder?: number;
}

/**
 * Reads a sequence parameter set (H.264, 7.3.2.1.1 and Annex E). What cannot be read, or is out of bounds, is left out
 * together with all that comes after it; never throws. Undefined only where not even profile and level are there.
 */
export function parseSps(nal: Uint8Array): Sps | undefined {
  if (nal.length < 4 || nal.length > nalLimits.parameterSet) return undefined;
  const sps: Sps = { profile: nal[1]!, constraints: nal[2]!, level: nal[3]! };
  unlessBroken(() => readSps(new BitReader(unescapeNal(nal)), sps));
  return sps;
}

function readSps(bits: BitReader, sps: Sps): void {
  bits.skip(32); // header, profile_idc, constraint flags, level_idc
  sps.id = bits.ue();
  const separatePlanes = readChroma(bits, sps);
  bits.ue(); // log2_max_frame_num_minus4
  readPictureOrder(bits);
  sps.references = bounded(bits.ue(), MAX_REFERENCES, 'reference frames');
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
  readSize(bits, sps, separatePlanes);
  if (bits.flag()) readVui(bits, sps);
}

/** Returns whether the colour planes are coded apart. */
function readChroma(bits: BitReader, sps: Sps): boolean {
  if (!HIGH_PROFILES.has(sps.profile)) {
    sps.chromaFormat = 1;
    sps.bitDepthLuma = 8;
    sps.bitDepthChroma = 8;
    return false;
  }
  const chromaFormat = bounded(bits.ue(), FULL_CHROMA, 'as chroma format');
  const separate = chromaFormat === FULL_CHROMA && bits.flag();
  const luma = 8 + bounded(bits.ue(), 6, 'as extra bit depth');
  const chroma = 8 + bounded(bits.ue(), 6, 'as extra bit depth');
  sps.chromaFormat = chromaFormat;
  sps.bitDepthLuma = luma;
  sps.bitDepthChroma = chroma;
  bits.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) {
    const lists = chromaFormat === FULL_CHROMA ? 12 : 8;
    for (let i = 0; i < lists; i++) if (bits.flag()) skipScalingList(bits, i < 6 ? 16 : 64);
  }
  return separate;
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8;
  for (let i = 0; i < size; i++) {
    last = (last + bits.se()) & 0xff;
    if (last === 0) return;
  }
}

function readPictureOrder(bits: BitReader): void {
  const type = bits.ue();
  if (type === 0) {
    bits.ue();
  } else if (type === 1) {
    bits.skip(1);
    bits.se();
    bits.se();
    const cycle = bounded(bits.ue(), MAX_CYCLE, 'frames in a picture order cycle');
    for (let i = 0; i < cycle; i++) bits.se();
  }
}

function readSize(bits: BitReader, sps: Sps, separatePlanes: boolean): void {
  const columns = bits.ue() + 1;
  const rows = bits.ue() + 1;
  const frames = bits.flag();
  if (!frames) bits.skip(1); // mb_adaptive_frame_field_flag
  bits.skip(1); // direct_8x8_inference_flag
  let width = columns * MACROBLOCK;
  let height = rows * MACROBLOCK * (frames ? 1 : 2);
  if (bits.flag()) {
    const chroma = separatePlanes ? 0 : (sps.chromaFormat ?? 1);
    const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
    const unitY = (chroma === 1 ? 2 : 1) * (frames ? 1 : 2);
    width -= (bits.ue() + bits.ue()) * unitX;
    height -= (bits.ue() + bits.ue()) * unitY;
  }
  sps.interlaced = !frames;
  putSize(sps, { width, height });
}

function readVui(bits: BitReader, sps: Sps): void {
  const aspect = bits.flag() && readAspect(bits);
  if (aspect) sps.aspect = aspect;
  if (bits.flag()) bits.skip(1); // overscan_appropriate_flag
  const color = bits.flag() && readColor(bits, sps.chromaFormat === FULL_CHROMA);
  if (color) sps.color = color;
  if (bits.flag()) {
    bits.ue(); // chroma_sample_loc_type_top_field
    bits.ue(); // chroma_sample_loc_type_bottom_field
  }
  if (bits.flag()) readTiming(bits, sps);
  const nal = bits.flag();
  if (nal) skipHrd(bits);
  const vcl = bits.flag();
  if (vcl) skipHrd(bits);
  if (nal || vcl) bits.skip(1); // low_delay_hrd_flag
  bits.skip(1); // pic_struct_present_flag
  if (!bits.flag()) return;
  bits.skip(1); // motion_vectors_over_pic_boundaries_flag
  for (let i = 0; i < 4; i++) bits.ue();
  sps.reorder = bounded(bits.ue(), MAX_REFERENCES, 'reordered frames');
}

function readTiming(bits: BitReader, sps: Sps): void {
  const unit = bits.bits(32);
  const scale = bits.bits(32);
  bits.skip(1); // fixed_frame_rate_flag
  const rate = rateOf(scale, 2 * unit);
  if (rate !== undefined) sps.frameRate = rate;
}

function skipHrd(bits: BitReader): void {
  const count = bounded(bits.ue(), MAX_CPB - 1, 'buffers after the first') + 1;
  bits.skip(8); // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count; i++) {
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  bits.skip(20); // lengths of delays and of the time offset
}
