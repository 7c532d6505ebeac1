import type { CodecDefinition, CodecInfo } from './codec.ts';
import { isTold, knownColor } from './color.ts';
import { levelName } from './level.ts';
import { chromaLayout, parseVpxConfig, type VpxConfig } from './vpx-config.ts';

/** VP9 (VP9 Bitstream & Decoding Process); the config is a vpcC without version and flags. */
export const vp9: CodecDefinition = { name: 'vp9', kind: 'video', title: 'VP9', describe };

function describe(bytes: Uint8Array): CodecInfo {
  const config = parseVpxConfig(bytes);
  if (!config) return {};
  const { profile, level, bitDepth, color } = config;
  const info: CodecInfo = { codecs: vp9Codecs(config), profile: `Profile ${profile}`, bitDepth };
  if (level > 0) info.level = levelName(level);
  if (knownColor(color)) info.color = color;
  return info;
}

/**
 * `vp09.PP.LL.DD`, and what follows it where chroma or colours are not the usual ones (VP in ISOBMFF, codecs parameter
 * string). Colours that nobody told of count as the usual ones, BT.709, as they do for AV1.
 */
export function vp9Codecs({ profile, level, bitDepth, chroma, color }: VpxConfig): string {
  const { primaries, transfer, matrix, fullRange } = color;
  const short = ['vp09', ...[profile, level, bitDepth].map(two)].join('.');
  const isUsual = !isTold(color) || (primaries === 1 && transfer === 1 && matrix === 1);
  if (chroma === chromaLayout.colocated420 && isUsual && !fullRange) return short;
  return [short, ...[chroma, primaries, transfer, matrix, fullRange ? 1 : 0].map(two)].join('.');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
