import { ProtocolError } from '../../errors.ts';
import { BitReader } from '../bytes/bit-reader.ts';
import type { Color } from './codec.ts';
import { meantColor, UNTOLD_COLOR } from './color.ts';
import { putSize } from './picture-size.ts';
import { obuLimits } from './av1-obu.ts';
import { unlessBroken } from './unless-broken.ts';
import { rateOf } from './vui.ts';

/** seq_profile 3 to 7 are reserved (AV1, 6.4.1). */
const MAX_PROFILE = 2;
/** Levels above this number are told together with a tier (AV1, 5.5.1). */
const MAX_LEVEL_WITHOUT_TIER = 7;
/** Either of the "select" values says that each frame chooses (AV1, 5.5.1). */
const SELECT = 2;

/** Code points of ITU-T H.273. */
const BT709 = 1;
const SRGB = 13;
const IDENTITY = 0;

/** One choice of layers to decode. */
export interface Av1OperatingPoint {
  /** operating_point_idc: temporal layers in bits 0 to 7, spatial ones in 8 to 11; 0 = no scalability. */
  layers: number;
  /** seq_level_idx: 0 is level 2.0, 4 is 3.0, 31 is none. */
  level: number;
  /** 1 is the High tier. */
  tier: 0 | 1;
}

/** How samples are coded, as sequence header and av1C both tell it. */
export interface Av1Samples {
  highBitDepth: boolean;
  twelveBit: boolean;
  monochrome: boolean;
  /** 1 where chroma has half the columns, half the rows. */
  subsamplingX: 0 | 1;
  subsamplingY: 0 | 1;
  /** 0 unknown, 1 beside every other row's left, 2 on the first luma sample. */
  chromaPosition: number;
}

/** All that a sequence header tells of samples. */
export interface Av1Format extends Av1Samples {
  /** The colours are unspecified (2) where the sequence header does not tell of them. */
  color: Color;
}

/** What a sequence header says, as far as it can be read. */
export interface Av1Sequence {
  profile: number;
  stillPicture: boolean;
  /** reduced_still_picture_header: frame headers say neither type nor whether they are shown. */
  reduced: boolean;
  /** The first is the one that players take. */
  points: Av1OperatingPoint[];
  /** Frames per second, where all are equally long. */
  frameRate?: number;
  /** Pixels of the largest frame. */
  width?: number;
  height?: number;
  format?: Av1Format;
  filmGrain?: boolean;
}

/**
 * Reads the payload of a sequence header OBU (AV1, 5.5). What cannot be read, or is out of bounds, is left out together
 * with all that comes after it; never throws. Undefined only where not even the profile is there.
 */
export function parseSequenceHeader(payload: Uint8Array): Av1Sequence | undefined {
  if (payload.length === 0 || payload.length > obuLimits.sequenceHeader) return undefined;
  const first = payload[0]!;
  const sequence: Av1Sequence = {
    profile: first >> 5,
    stillPicture: (first & 0x10) !== 0,
    reduced: (first & 0x08) !== 0,
    points: [],
  };
  unlessBroken(() => readSequence(new BitReader(payload), sequence));
  return sequence;
}

function readSequence(bits: BitReader, sequence: Av1Sequence): void {
  bits.skip(5); // seq_profile, still_picture, reduced_still_picture_header
  if (sequence.reduced) sequence.points.push({ layers: 0, level: bits.bits(5), tier: 0 });
  else readOperatingPoints(bits, sequence, readTiming(bits, sequence));
  readSize(bits, sequence);
  if (!sequence.reduced && bits.flag()) bits.skip(7); // lengths of frame ids
  bits.skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!sequence.reduced) skipTools(bits);
  bits.skip(3); // enable_superres, enable_cdef, enable_restoration
  sequence.format = readFormat(bits, sequence.profile);
  sequence.filmGrain = bits.flag();
}

/** Returns the bits of each delay of the decoder model, 0 without one. */
function readTiming(bits: BitReader, sequence: Av1Sequence): number {
  if (!bits.flag()) return 0;
  const unit = bits.bits(32);
  const scale = bits.bits(32);
  // Without equal intervals the clock is told, not the rate.
  if (bits.flag()) {
    const rate = rateOf(scale, unit * (bits.uvlc() + 1));
    if (rate !== undefined) sequence.frameRate = rate;
  }
  if (!bits.flag()) return 0;
  const length = bits.bits(5) + 1;
  bits.skip(42); // num_units_in_decoding_tick, lengths of the times of removal and presentation
  return length;
}

function readOperatingPoints(bits: BitReader, sequence: Av1Sequence, delayLength: number): void {
  const delays = bits.flag(); // initial_display_delay_present_flag
  const count = bits.bits(5) + 1;
  const points: Av1OperatingPoint[] = [];
  for (let i = 0; i < count; i++) {
    const layers = bits.bits(12);
    const level = bits.bits(5);
    points.push({ layers, level, tier: level > MAX_LEVEL_WITHOUT_TIER && bits.flag() ? 1 : 0 });
    if (delayLength > 0 && bits.flag()) bits.skip(2 * delayLength + 1);
    if (delays && bits.flag()) bits.skip(4);
  }
  sequence.points = points;
}

function readSize(bits: BitReader, sequence: Av1Sequence): void {
  const widthBits = bits.bits(4) + 1;
  const heightBits = bits.bits(4) + 1;
  putSize(sequence, { width: bits.bits(widthBits) + 1, height: bits.bits(heightBits) + 1 });
}

function skipTools(bits: BitReader): void {
  bits.skip(4); // inter-intra and masked compounds, warped motion, dual filter
  const orderHint = bits.flag();
  if (orderHint) bits.skip(2); // enable_jnt_comp, enable_ref_frame_mvs
  const screenContent = bits.flag() ? SELECT : bits.bit();
  if (screenContent > 0 && !bits.flag()) bits.skip(1); // seq_force_integer_mv
  if (orderHint) bits.skip(3); // order_hint_bits_minus_1
}

/** color_config (AV1, 5.5.2). */
function readFormat(bits: BitReader, profile: number): Av1Format {
  if (profile > MAX_PROFILE) throw new ProtocolError(`A sequence header is of the reserved profile ${profile}.`);
  const highBitDepth = bits.flag();
  const twelveBit = profile === 2 && highBitDepth && bits.flag();
  const monochrome = profile !== 1 && bits.flag();
  const [primaries, transfer, matrix] = bits.flag()
    ? [bits.bits(8), bits.bits(8), bits.bits(8)]
    : [UNTOLD_COLOR.primaries, UNTOLD_COLOR.transfer, UNTOLD_COLOR.matrix];
  const depth = { highBitDepth, twelveBit, monochrome };
  if (monochrome) {
    const color = meantColor({ primaries, transfer, matrix, fullRange: bits.flag() }, false);
    return { ...depth, subsamplingX: 1, subsamplingY: 1, chromaPosition: 0, color };
  }
  if (primaries === BT709 && transfer === SRGB && matrix === IDENTITY) {
    bits.skip(1); // separate_uv_delta_q
    const color = { primaries, transfer, matrix, fullRange: true };
    return { ...depth, subsamplingX: 0, subsamplingY: 0, chromaPosition: 0, color };
  }
  const told = { primaries, transfer, matrix, fullRange: bits.flag() };
  const [subsamplingX, subsamplingY] = readSubsampling(bits, profile, twelveBit);
  const chromaPosition = subsamplingX === 1 && subsamplingY === 1 ? bits.bits(2) : 0;
  bits.skip(1); // separate_uv_delta_q
  const color = meantColor(told, subsamplingX === 0);
  return { ...depth, subsamplingX, subsamplingY, chromaPosition, color };
}

function readSubsampling(bits: BitReader, profile: number, twelveBit: boolean): [0 | 1, 0 | 1] {
  if (profile === 0) return [1, 1];
  if (profile === 1) return [0, 0];
  if (!twelveBit) return [1, 0];
  if (!bits.flag()) return [0, 0];
  return [1, bits.flag() ? 1 : 0];
}
