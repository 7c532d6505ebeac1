import type { BitReader } from '../bytes/bit-reader.ts';
import type { ByteWriter } from '../bytes/byte-writer.ts';
import { levelName } from './level.ts';

/** Bytes of the constraint flags. */
const CONSTRAINTS = 6;

const PROFILES: Readonly<Record<number, string>> = {
  1: 'Main',
  2: 'Main 10',
  3: 'Main Still Picture',
  5: 'High Throughput',
  6: 'Multiview Main',
  7: 'Scalable Main',
  8: '3D Main',
  9: 'Screen-Extended',
  10: 'Scalable Range Extensions',
  11: 'High Throughput Screen-Extended',
};
const RANGE_EXTENSIONS = 4;

/** The general part of profile_tier_level (H.265, 7.3.3). */
export interface HevcProfile {
  space: number;
  highTier: boolean;
  profile: number;
  /** 32 flags; flag 0 is the highest bit. */
  compatibility: number;
  /** The six bytes of flags from general_progressive_source_flag on. */
  constraints: Uint8Array;
  /** general_level_idc: thirty times the level. */
  level: number;
}

/** Reads 12 bytes, which an SPS, a VPS and an hvcC have alike. */
export function readProfile(bits: BitReader): HevcProfile {
  return {
    space: bits.bits(2),
    highTier: bits.flag(),
    profile: bits.bits(5),
    compatibility: bits.bits(32),
    constraints: Uint8Array.from({ length: CONSTRAINTS }, () => bits.bits(8)),
    level: bits.bits(8),
  };
}

/** Writes what `readProfile` reads. */
export function writeProfile(writer: ByteWriter, profile: HevcProfile): void {
  writer.u8((profile.space << 6) | (profile.highTier ? 0x20 : 0) | profile.profile);
  writer.u32(profile.compatibility);
  writer.bytes(profile.constraints);
  writer.u8(profile.level);
}

/** `hvc1.1.6.L93.B0` (ISO/IEC 14496-15, E.3). */
export function hevcCodecs(profile: HevcProfile): string {
  const space = ['', 'A', 'B', 'C'][profile.space] ?? '';
  // The compatibility flags are written with flag 0 as the lowest bit; bytes of zeros at the end are left out.
  let flags = 0;
  for (let i = 0; i < 32; i++) flags = flags * 2 + ((profile.compatibility >>> i) & 1);
  const constraints = profile.constraints.subarray(0, profile.constraints.findLastIndex((byte) => byte > 0) + 1);
  const level = `${profile.highTier ? 'H' : 'L'}${profile.level}`;
  return ['hvc1', `${space}${profile.profile}`, hex(flags), level, ...Array.from(constraints, hex)].join('.');
}

function hex(value: number): string {
  return value.toString(16).toUpperCase();
}

/** The profile's name as H.265, annex A writes it: `Main 10`, `Main 4:2:2 10`. */
export function hevcProfileName({ profile, constraints }: HevcProfile): string {
  if (profile === RANGE_EXTENSIONS) return rangeExtensionName(constraints);
  return PROFILES[profile] ?? `profile ${profile}`;
}

/** The format range extensions are told apart by their constraint flags (H.265, table A.2). */
function rangeExtensionName(constraints: Uint8Array): string {
  const [first = 0, second = 0] = constraints;
  const is = (byte: number, flag: number): boolean => (byte & flag) !== 0;
  const monochrome = is(second, 0x40);
  const parts = [monochrome ? 'Monochrome' : 'Main'];
  if (!monochrome && !is(second, 0x80)) parts.push(is(first, 0x01) ? '4:2:2' : '4:4:4');
  const depth = is(first, 0x02) ? 8 : is(first, 0x04) ? 10 : is(first, 0x08) ? 12 : 16;
  if (depth > 8) parts.push(`${depth}`);
  if (is(second, 0x10)) parts.push('Still Picture');
  else if (is(second, 0x20)) parts.push('Intra');
  return parts.join(' ');
}

/** The name of its level. */
export function hevcLevelName({ level }: HevcProfile): string {
  return levelName(Math.round(level / 3));
}
