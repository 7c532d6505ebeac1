import { BitReader } from '../bytes/bit-reader.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';
import { parseHevcConfig } from './h265-config.ts';
import { hevcCodecs, hevcLevelName, hevcProfileName, readProfile } from './h265-profile.ts';
import { type HevcSps, parseHevcSps } from './h265-sps.ts';
import { type HevcVps, parseHevcVps } from './h265-vps.ts';
import { putSize } from './picture-size.ts';
import { unlessBroken } from './unless-broken.ts';

/** Bytes of an hvcC up to its level. */
const PROFILE_END = 13;

/** H.265 (ITU-T H.265); the config is an hvcC. */
export const h265: CodecDefinition = { name: 'h265', kind: 'video', title: 'H.265', describe };

function describe(config: Uint8Array): CodecInfo {
  if (config.length < PROFILE_END) return {};
  const profile = readProfile(new BitReader(config.subarray(1, PROFILE_END)));
  const info: CodecInfo = {
    codecs: hevcCodecs(profile),
    profile: hevcProfileName(profile),
    level: hevcLevelName(profile),
  };
  const { sps, vps } = firstSets(config);
  if (!sps) return info;
  putSize(info, sps);
  const rate = sps.pictureRate ?? vps?.pictureRate;
  if (rate !== undefined) info.frameRate = rate;
  if (sps.bitDepthLuma !== undefined) info.bitDepth = sps.bitDepthLuma;
  if (sps.color) info.color = sps.color;
  return info;
}

function firstSets(config: Uint8Array): { sps?: HevcSps | undefined; vps?: HevcVps | undefined } {
  const { sps: [sps] = [], vps: [vps] = [] } = unlessBroken(() => parseHevcConfig(config)) ?? {};
  return { sps: sps && parseHevcSps(sps), vps: vps && parseHevcVps(vps) };
}
