import type { Codec, Kind } from '../frame.ts';

/** What can be said of a track from its codec config alone. Absent where it is unknown or does not apply. */
export interface CodecInfo {
  /**
   * RFC 6381 string for `codecs=`, for example `avc1.64001f` or `mp4a.40.2`. FLAC and Opus are `flac` and `opus`, which
   * Media Source Extensions and WebCodecs take; their sample entries in MP4 are spelled `fLaC` and `Opus`.
   */
  codecs?: string;
  profile?: string;
  /** As people write it: `4`, `4.1`. */
  level?: string;
  /** Pixels, after cropping; of H.265 that is told as fields those of a field. */
  width?: number;
  height?: number;
  /** Frames per second from the codec's timing information, if it carries any; of H.265 that is told as fields, fields. */
  frameRate?: number;
  /** Bits of a luma sample. */
  bitDepth?: number;
  color?: Color;
  /** Hz, after SBR. */
  sampleRate?: number;
  channels?: number;
  /** Samples per frame at `sampleRate`, for audio. */
  frameSamples?: number;
}

/** What colours the numbers of a picture mean; code points of ITU-T H.273. */
export interface Color {
  primaries: number;
  transfer: number;
  matrix: number;
  fullRange: boolean;
}

/** One codec: a row of the table. A codec is added as one file and one row. */
export interface CodecDefinition {
  readonly name: Codec;
  readonly kind: Kind;
  /** For people: `H.264`, `AAC`. */
  readonly title: string;
  /**
   * Reads a codec config. Never throws for content it cannot read in full: what is unknown is left out.
   */
  describe(config: Uint8Array): CodecInfo;
}
