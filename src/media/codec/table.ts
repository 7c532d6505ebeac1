import type { Codec, Track } from '../frame.ts';
import { aac } from './aac.ts';
import { ac3 } from './ac3.ts';
import { amf } from './amf.ts';
import { av1 } from './av1.ts';
import { captions } from './captions.ts';
import type { CodecDefinition, CodecInfo, Color } from './codec.ts';
import { eac3 } from './eac3.ts';
import { flac } from './flac.ts';
import { pcma, pcmu } from './g711.ts';
import { h264 } from './h264.ts';
import { h265 } from './h265.ts';
import { mp3 } from './mp3.ts';
import { opus } from './opus.ts';
import { putSize } from './picture-size.ts';
import { vp8 } from './vp8.ts';
import { vp9 } from './vp9.ts';

/** Code point 2 of ITU-T H.273 in each. */
const UNSPECIFIED: Color = { primaries: 2, transfer: 2, matrix: 2, fullRange: false };

/** Every codec that a track can have. */
export const codecs: Readonly<Record<Codec, CodecDefinition>> = {
  h264,
  h265,
  av1,
  vp9,
  vp8,
  aac,
  mp3,
  opus,
  flac,
  ac3,
  eac3,
  pcma,
  pcmu,
  amf,
  captions,
};

/** What a track's codec config says of it, and where that is silent what its pictures or its publisher do; never throws. */
export function describeTrack(track: Track): CodecInfo {
  const info = codecs[track.codec].describe(track.config);
  const { bitDepth, ...told } = track.color?.config ?? {};
  if (info.bitDepth === undefined && bitDepth !== undefined) info.bitDepth = bitDepth;
  const color = withTold(info.color, told);
  if (color) info.color = color;
  if (info.width === undefined && track.size) putSize(info, track.size);
  return info;
}

/** Fills in what a codec leaves unspecified; what it tells stands. */
function withTold(color: Color = UNSPECIFIED, told: Partial<Color>): Color | undefined {
  const fill = (name: 'primaries' | 'transfer' | 'matrix'): number =>
    color[name] === UNSPECIFIED[name] ? (told[name] ?? color[name]) : color[name];
  const filled = { ...color, primaries: fill('primaries'), transfer: fill('transfer'), matrix: fill('matrix') };
  return color === UNSPECIFIED && Object.keys(told).length === 0 ? undefined : filled;
}
