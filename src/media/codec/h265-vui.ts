import type { BitReader } from '../bytes/bit-reader.ts';
import type { Color } from './codec.ts';
import { bounded } from './nal.ts';
import { rateOf, readAspect, readColor } from './vui.ts';

/** cpb_cnt_minus1 + 1 (H.265, E.3.2). */
const MAX_CPB = 32;
/** elemental_duration_in_tc_minus1 (H.265, E.3.2). */
const MAX_DURATION = 2047;
/** min_spatial_segmentation_idc (H.265, E.3.1). */
const MAX_SEGMENTATION = 4095;

/** What video usability information says, as far as it can be read. */
export interface HevcVui {
  /** Width and height of a sample. */
  aspect?: [number, number];
  color?: Color;
  /** True where each picture is one field. */
  fields?: boolean;
  /** Pictures per second. */
  pictureRate?: number;
  /** min_spatial_segmentation_idc: how finely each picture is cut for decoding in parallel. */
  segmentation?: number;
}

/**
 * Reads video usability information (H.265, E.2.1) into `vui`; `full` is that of pictures of 4:4:4.
 *
 * @throws ProtocolError where it ends too soon or is out of bounds; what came before is in `vui` then.
 */
export function readVui(
  bits: BitReader,
  vui: HevcVui,
  { subLayers, full }: { subLayers: number; full: boolean },
): void {
  const aspect = bits.flag() && readAspect(bits);
  if (aspect) vui.aspect = aspect;
  if (bits.flag()) bits.skip(1); // overscan_appropriate_flag
  const color = bits.flag() && readColor(bits, full);
  if (color) vui.color = color;
  if (bits.flag()) skipCodes(bits, 2); // places of chroma samples
  bits.skip(1); // neutral_chroma_indication_flag
  vui.fields = bits.flag();
  bits.skip(1); // frame_field_info_present_flag
  if (bits.flag()) skipCodes(bits, 4); // default display window
  if (bits.flag()) {
    const rate = readPictureRate(bits);
    if (rate !== undefined) vui.pictureRate = rate;
    if (bits.flag()) skipHrd(bits, subLayers);
  }
  if (!bits.flag()) return;
  bits.skip(3); // tiles, motion vectors and reference lists
  vui.segmentation = bounded(bits.ue(), MAX_SEGMENTATION, 'as spatial segmentation');
}

/** Reads timing information, which an SPS and a VPS have alike (H.265, 7.3.2.1 and E.2.1). */
export function readPictureRate(bits: BitReader): number | undefined {
  const units = bits.bits(32);
  const scale = bits.bits(32);
  // Where picture order follows time, one picture may take several ticks, as from encoders that count fields.
  const ticks = bits.flag() ? bits.ue() + 1 : 1;
  return rateOf(scale, units * ticks);
}

/** Passes over the parameters of the hypothetical reference decoder (H.265, E.2.2). */
function skipHrd(bits: BitReader, subLayers: number): void {
  const kinds = Number(bits.flag()) + Number(bits.flag()); // of NAL units, of VCL NAL units
  const inParts = kinds > 0 && bits.flag(); // sub_pic_hrd_params_present_flag
  if (inParts) bits.skip(19); // tick divisor and lengths of delays
  if (kinds > 0) bits.skip(inParts ? 27 : 23); // scales and lengths of delays
  for (let i = 0; i < subLayers; i++) {
    const fixed = bits.flag() || bits.flag(); // in general, within the sequence
    if (fixed) bounded(bits.ue(), MAX_DURATION, 'ticks a picture');
    const lowDelay = !fixed && bits.flag();
    const buffers = lowDelay ? 1 : bounded(bits.ue(), MAX_CPB - 1, 'buffers after the first') + 1;
    for (let j = 0; j < buffers * kinds; j++) {
      skipCodes(bits, inParts ? 4 : 2); // rates and sizes
      bits.skip(1); // cbr_flag
    }
  }
}

function skipCodes(bits: BitReader, count: number): void {
  for (let i = 0; i < count; i++) bits.ue();
}
