import type { Codec, Track } from '../frame.ts';
import { aac } from './aac.ts';
import { amf } from './amf.ts';
import { captions } from './captions.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';
import { h264 } from './h264.ts';
import { mp3 } from './mp3.ts';

/** Every codec that a track can have. */
export const codecs: Readonly<Record<Codec, CodecDefinition>> = { h264, aac, mp3, amf, captions };

/** What a track's codec config says of it; never throws. */
export function describeTrack(track: Track): CodecInfo {
  return codecs[track.codec].describe(track.config);
}
