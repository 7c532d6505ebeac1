import type { CodecDefinition, CodecInfo } from './codec.ts';
import { parseAvcConfig } from './h264-config.ts';
import { parseSps, type Sps } from './h264-sps.ts';
import { levelName } from './level.ts';
import { putSize } from './picture-size.ts';
import { unlessBroken } from './unless-broken.ts';

const PROFILES: Readonly<Record<number, string>> = {
  44: 'CAVLC 4:4:4 Intra',
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4 Predictive',
};

const CONSTRAINT_1 = 0x40;
const CONSTRAINT_3 = 0x10;

/** H.264 (ITU-T H.264); the config is an avcC. */
export const h264: CodecDefinition = { name: 'h264', kind: 'video', title: 'H.264', describe };

function describe(config: Uint8Array): CodecInfo {
  if (config.length < 4) return {};
  const info: CodecInfo = { codecs: avcCodecs(config[1]!, config[2]!, config[3]!) };
  const sps = firstSps(config);
  if (!sps) return info;
  info.profile = profileName(sps);
  info.level = levelOf(sps);
  putSize(info, sps);
  if (sps.frameRate !== undefined) info.frameRate = sps.frameRate;
  if (sps.bitDepthLuma !== undefined) info.bitDepth = sps.bitDepthLuma;
  if (sps.color) info.color = sps.color;
  return info;
}

function firstSps(config: Uint8Array): Sps | undefined {
  const nal = unlessBroken(() => parseAvcConfig(config))?.sps[0];
  return nal && parseSps(nal);
}

/** `avc1.PPCCLL` (RFC 6381, 3.3; ISO/IEC 14496-15, Annex E). */
export function avcCodecs(profile: number, constraints: number, level: number): string {
  return `avc1.${[profile, constraints, level].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function profileName({ profile, constraints }: Sps): string {
  if (profile === 66 && (constraints & CONSTRAINT_1) !== 0) return 'Constrained Baseline';
  return PROFILES[profile] ?? `profile ${profile}`;
}

function levelOf({ profile, constraints, level }: Sps): string {
  // Level 1b of the old profiles is 11 with a flag (H.264, A.3.1).
  if (level === 9 || (level === 11 && profile < 100 && (constraints & CONSTRAINT_3) !== 0)) return '1b';
  return levelName(level);
}
