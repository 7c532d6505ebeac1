import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Codec, Frame, Track } from '../../media/frame.ts';
import { writeColorInfo } from './color-body.ts';
import { exPacket } from './ex-header.ts';
import { EX_AUDIO, EX_VIDEO, fourCcBytes, fourCcOf } from './four-cc.ts';

/** FullBox version and flags, which stand before a vpcC in FLV as in MP4. */
const VPC_HEAD = Uint8Array.of(1, 0, 0, 0);

/** What enhanced bodies of a codec begin with, by the first byte. */
const heads = new Map<Codec, Uint8Array[]>();

/** Codecs whose config is announced; the others say everything in each frame. */
const ANNOUNCED: ReadonlySet<Codec> = new Set(['h265', 'av1', 'vp9', 'vp8', 'opus', 'flac']);

/** What comes before a frame's data in an enhanced body. `frameType` and `cts` (ms) are for pictures only. */
export function exBodyHead({ track }: Frame, { frameType, cts }: { frameType: number; cts: number }): Uint8Array {
  if (track.kind === 'audio') return head((EX_AUDIO << 4) | exPacket.frames, track.codec);
  const first = EX_VIDEO | (frameType << 4);
  if (track.codec !== 'h265') return head(first | exPacket.frames, track.codec);
  if (cts === 0) return head(first | exPacket.framesX, track.codec);
  const [a, b, c, d, e] = head(first | exPacket.frames, track.codec);
  return Uint8Array.of(a!, b!, c!, d!, e!, cts >> 16, cts >> 8, cts);
}

/** The enhanced body that announces a track's config; undefined for codecs that need none. */
export function exConfigBody({ kind, codec, config }: Track, keyFrame: number): Uint8Array | undefined {
  if (!ANNOUNCED.has(codec)) return undefined;
  const first = kind === 'audio' ? EX_AUDIO << 4 : EX_VIDEO | (keyFrame << 4);
  const isVpx = codec === 'vp9' || codec === 'vp8';
  return concatBytes([head(first | exPacket.start, codec), ...(isVpx ? [VPC_HEAD] : []), config]);
}

/**
 * The enhanced body that tells how a track's colours are meant; undefined where nobody said. FFmpeg knows it from a
 * picture by its frame type alone, which is to be that of a command.
 */
export function exColorBody({ kind, codec, color }: Track, command: number): Uint8Array | undefined {
  if (kind !== 'video' || color === undefined || fourCcOf(codec) === undefined) return undefined;
  return concatBytes([head(EX_VIDEO | (command << 4) | exPacket.metadata, codec), writeColorInfo(color)]);
}

/** A vpcC without the version and flags that some put before it, and some do not. */
export function plainVpc(config: Uint8Array): Uint8Array {
  return VPC_HEAD.every((byte, index) => config[index] === byte) ? config.subarray(VPC_HEAD.length) : config;
}

/** The first byte and the FourCC, which many bodies share. */
function head(first: number, codec: Codec): Uint8Array {
  let made = heads.get(codec);
  if (!made) heads.set(codec, (made = []));
  return (made[first] ??= concatBytes([Uint8Array.of(first), fourCcBytes(codec)]));
}
