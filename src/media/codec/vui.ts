import type { BitReader } from '../bytes/bit-reader.ts';
import type { Color } from './codec.ts';
import { knownColor, meantColor, UNTOLD_COLOR } from './color.ts';

/** chroma_format_idc of 4:4:4 (H.264 and H.265, table 6-1). */
export const FULL_CHROMA = 3;

/** Per second; timing information beyond them is not meant as such. */
const MIN_RATE = 1 / 1000;
const MAX_RATE = 1000;

const EXTENDED_ASPECT = 255;

/** Sample aspect ratios (H.264 and H.265, table E-1). */
const ASPECTS: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];

/** Reads width and height of a sample from video usability information; undefined where they are not told. */
export function readAspect(bits: BitReader): [number, number] | undefined {
  const index = bits.bits(8);
  const [x, y] = index === EXTENDED_ASPECT ? [bits.bits(16), bits.bits(16)] : (ASPECTS[index] ?? [0, 0]);
  return x > 0 && y > 0 ? [x, y] : undefined;
}

/** Reads the type of video signal (H.264 and H.265, E.2.1), `full` of 4:4:4; undefined where it says nothing of colours. */
export function readColor(bits: BitReader, full: boolean): Color | undefined {
  bits.skip(3); // video_format
  const fullRange = bits.flag();
  if (!bits.flag()) return knownColor({ ...UNTOLD_COLOR, fullRange });
  const color = { primaries: bits.bits(8), transfer: bits.bits(8), matrix: bits.bits(8), fullRange };
  return knownColor(meantColor(color, full));
}

/** Pictures per second of a clock with `scale` units a second, of which a picture takes `units`. */
export function rateOf(scale: number, units: number): number | undefined {
  const rate = scale / units;
  return rate >= MIN_RATE && rate <= MAX_RATE ? rate : undefined;
}
