import type { Codec, Track } from '../frame.ts';
import { aac } from './aac.ts';
import { ac3 } from './ac3.ts';
import { amf } from './amf.ts';
import { av1 } from './av1.ts';
import { captions } from './captions.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';
import { filledColor, UNTOLD_COLOR } from './color.ts';
import { eac3 } from './eac3.ts';
import { flac } from './flac.ts';
import { pcma, pcmu } from './g711.ts';
import { h264 } from './h264.ts';
import { h265 } from './h265.ts';
import { id3 } from './id3.ts';
import { klv } from './klv.ts';
import { mp3 } from './mp3.ts';
import { opus } from './opus.ts';
import { putSize } from './picture-size.ts';
import { vp8 } from './vp8.ts';
import { vp9 } from './vp9.ts';

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
  klv,
  id3,
};

/** What a track's codec config says of it, and where that is silent what its pictures or its publisher do; never throws. */
export function describeTrack(track: Track): CodecInfo {
  const info = codecs[track.codec].describe(track.config);
  const { bitDepth, ...told } = track.color?.config ?? {};
  if (info.bitDepth === undefined && bitDepth !== undefined) info.bitDepth = bitDepth;
  if (info.color || Object.keys(told).length > 0) info.color = filledColor(info.color ?? UNTOLD_COLOR, told);
  if (info.width === undefined && track.size) putSize(info, track.size);
  return info;
}
