import { ByteWriter } from '../bytes/byte-writer.ts';
import type { Color } from './codec.ts';
import { meantColor } from './color.ts';

/** Bytes of a record without data for a decoder, of which VP8 and VP9 have none. */
const LENGTH = 8;
/** Bytes that tell something: the rest is the length of that data. */
const NEEDED = 6;
/** Version 1 and no flags, which some put before the record, as in MP4. With a bit depth of 0 they are no record. */
const FULL_BOX = [1, 0, 0, 0];

const MAX_PROFILE = 3;
const BIT_DEPTHS: ReadonlySet<number> = new Set([8, 10, 12]);

/** Where samples of chroma lie (VP in ISOBMFF, vpcC); 4:4:0 has no number there and takes the first free one. */
export const chromaLayout = { vertical420: 0, colocated420: 1, half422: 2, full444: 3, half440: 4 } as const;

/** Levels of VP9 by the luma samples of a picture (VP9, annex A); the first of those that allow the same size. */
const LEVELS: readonly (readonly [number, number])[] = [
  [36_864, 10],
  [73_728, 11],
  [122_880, 20],
  [245_760, 21],
  [552_960, 30],
  [983_040, 31],
  [2_228_224, 40],
  [8_912_896, 50],
  [35_651_584, 60],
];
const HIGHEST_LEVEL = 62;

/** The content of a vpcC without its version and flags: VPCodecConfigurationRecord (VP in ISOBMFF). */
export interface VpxConfig {
  profile: number;
  /** Ten times the level: 31 is level 3.1. 0 = unknown. */
  level: number;
  bitDepth: number;
  /** One of `chromaLayout`. */
  chroma: number;
  color: Color;
}

/** What a key frame of VP8 or VP9 says of all that follow it. */
export interface VpxKeyFrame {
  profile: number;
  bitDepth: number;
  /** One of `chromaLayout`. */
  chroma: number;
  color: Color;
  /** Pixels. */
  width: number;
  height: number;
}

/** Reads a vpcC, with or without version and flags. Undefined for what is none. */
export function parseVpxConfig(bytes: Uint8Array): VpxConfig | undefined {
  const record = FULL_BOX.every((byte, index) => bytes[index] === byte) ? bytes.subarray(FULL_BOX.length) : bytes;
  if (record.length < NEEDED) return undefined;
  const format = record[2]!;
  const chroma = (format >> 1) & 7;
  const color = { primaries: record[3]!, transfer: record[4]!, matrix: record[5]!, fullRange: (format & 1) === 1 };
  const config: VpxConfig = {
    profile: record[0]!,
    level: record[1]!,
    bitDepth: format >> 4,
    chroma,
    color: meantColor(color, chroma === chromaLayout.full444),
  };
  return config.profile <= MAX_PROFILE && BIT_DEPTHS.has(config.bitDepth) ? config : undefined;
}

/** Writes a vpcC without version and flags. */
export function buildVpxConfig({ profile, level, bitDepth, chroma, color }: VpxConfig): Uint8Array {
  const writer = new ByteWriter(LENGTH);
  writer.u8(profile);
  writer.u8(level);
  writer.u8((bitDepth << 4) | (chroma << 1) | (color.fullRange ? 1 : 0));
  writer.u8(color.primaries);
  writer.u8(color.transfer);
  writer.u8(color.matrix);
  writer.u16(0);
  return writer.finish();
}

/**
 * The lowest level that allows pictures of this size. The frame rate, which neither codec tells, may ask for a higher
 * one.
 */
export function vpxLevel(width: number, height: number): number {
  return LEVELS.find(([size]) => width * height <= size)?.[1] ?? HIGHEST_LEVEL;
}
