import type { CodecParameters } from 'node-av/lib';
import { AV_PKT_DATA_CONTENT_LIGHT_LEVEL, AV_PKT_DATA_MASTERING_DISPLAY_METADATA } from 'node-av/constants';

/** The display of a Rec. 2020 master, as FFmpeg's AVMasteringDisplayMetadata has it: rationals, then two flags. */
const DISPLAY: readonly (readonly [number, number])[] = [
  ...[[34_000, 50_000] as const, [16_000, 50_000] as const], // red
  ...[[13_250, 50_000] as const, [34_500, 50_000] as const], // green
  ...[[7500, 50_000] as const, [3000, 50_000] as const], // blue
  ...[[15_635, 50_000] as const, [16_450, 50_000] as const], // white
  ...[[50, 10_000] as const, [10_000_000, 10_000] as const], // least and most light, cd/m²
];
const FLAGS = 2;
/** MaxCLL and MaxFALL, cd/m², as in AVContentLightMetadata. */
const LIGHT = [1000, 400];

/** Puts the side data of HDR10 beside a codec's parameters, as FFmpeg does for files that have it. */
export function addHdr10(codecpar: CodecParameters): void {
  const display = Int32Array.from([...DISPLAY.flat(), ...Array.from({ length: FLAGS }, () => 1)]);
  codecpar.addCodedSideData(AV_PKT_DATA_MASTERING_DISPLAY_METADATA, Buffer.from(display.buffer));
  codecpar.addCodedSideData(AV_PKT_DATA_CONTENT_LIGHT_LEVEL, Buffer.from(Uint32Array.from(LIGHT).buffer));
}

/** The same as a reader finds it: numbers as fractions. */
export const hdr10Facts: { mastering: number[]; light: number[] } = {
  mastering: DISPLAY.map(([over, under]) => over / under),
  light: LIGHT,
};

/** Numbers of a mastering display's side data, in the order of `hdr10Facts`. */
export function masteringOf(bytes: Buffer): number[] {
  return DISPLAY.map((_, index) => bytes.readInt32LE(index * 8) / bytes.readInt32LE(index * 8 + 4));
}

/** MaxCLL and MaxFALL of a content light level's side data. */
export function lightOf(bytes: Buffer): number[] {
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
