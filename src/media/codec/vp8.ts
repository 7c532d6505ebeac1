import type { CodecDefinition, CodecInfo } from './codec.ts';
import { knownColor } from './color.ts';
import { parseVpxConfig } from './vpx-config.ts';

/**
 * VP8 (RFC 6386); the config is a vpcC without version and flags. It is `vp8` everywhere: the binding to ISOBMFF makes it
 * `vp08.PP.LL.DD`, with a level that VP8 does not have, but no browser takes that.
 */
export const vp8: CodecDefinition = { name: 'vp8', kind: 'video', title: 'VP8', describe };

function describe(bytes: Uint8Array): CodecInfo {
  const info: CodecInfo = { codecs: 'vp8', bitDepth: 8 };
  const config = parseVpxConfig(bytes);
  if (!config) return info;
  info.profile = `Profile ${config.profile}`;
  const color = knownColor(config.color);
  if (color) info.color = color;
  return info;
}
