import type { Codec } from '../frame.ts';
import { AacReader } from './aac-reader.ts';
import { Ac3Reader } from './ac3-reader.ts';
import type { AudioReader } from './audio-reader.ts';
import { obuLimits } from './av1-obu.ts';
import { Av1Reader } from './av1-reader.ts';
import { Eac3Reader } from './eac3-reader.ts';
import { FlacReader } from './flac-reader.ts';
import { G711Reader } from './g711.ts';
import { H264Reader } from './h264-reader.ts';
import { H265Reader } from './h265-reader.ts';
import { Mp3Reader } from './mp3-reader.ts';
import type { NalLimits } from './nal.ts';
import { OpusReader } from './opus-reader.ts';
import type { VideoReader } from './video-reader.ts';
import { VpxReader } from './vpx-reader.ts';

/**
 * A reader for the pictures of a codec. Of the limits, those of NAL units are for H.264 and H.265 alone.
 *
 * @throws TypeError for a codec that has none.
 */
export function createVideoReader(codec: Codec, limits: NalLimits): VideoReader {
  switch (codec) {
    case 'h264':
      return new H264Reader(limits);
    case 'h265':
      return new H265Reader(limits);
    case 'av1':
      return new Av1Reader({ ...obuLimits, unit: limits.unit });
    case 'vp9':
    case 'vp8':
      return new VpxReader(codec, limits.unit);
    default:
      throw new TypeError(`${codec} has no pictures.`);
  }
}

/** A reader for the sound of a codec. @throws TypeError for a codec that has none. */
export function createAudioReader(codec: Codec): AudioReader {
  switch (codec) {
    case 'aac':
      return new AacReader();
    case 'mp3':
      return new Mp3Reader();
    case 'opus':
      return new OpusReader();
    case 'flac':
      return new FlacReader();
    case 'ac3':
      return new Ac3Reader();
    case 'eac3':
      return new Eac3Reader();
    case 'pcma':
    case 'pcmu':
      return new G711Reader();
    default:
      throw new TypeError(`${codec} has no sound.`);
  }
}
