import type { Packet } from '../packets.ts';

/** What the judge says once it can take its task. */
export const READY = 'ready';

/** What one who publishes with a pause waits for. */
export const GO_ON = 'go on';

/** What the judge is to do. Both end with the broadcast, or with the file. */
export type Task = ReadTask | PublishTask;

/** To read a file or an address to its end, as a player does, and decode all of it. */
export interface ReadTask {
  task: 'read';
  url: string;
  /** FourCCs that it announces as a player of RTMP. */
  announces?: readonly string[];
}

/** To publish a file as it is by RTMP at its own pace. */
export interface PublishTask {
  task: 'publish';
  file: string;
  url: string;
  /** Says of the display on which the film was made what `HDR10` says. */
  hdr10?: boolean;
  /** Seconds of the film after which it waits for `GO_ON`. */
  pauseAt?: number;
}

/** One track as the judge understands it. */
export interface JudgedTrack {
  kind: 'video' | 'audio';
  /** FFmpeg's name: `hevc`, `opus`. */
  codec: string;
  /** RFC 6381, where FFmpeg knows one. */
  codecs?: string;
  width?: number;
  height?: number;
  sampleRate?: number;
  channels?: number;
  /** Of the codec config what `essentialConfig` leaves, in hexadecimal digits. */
  config: string;
  /** Pictures or sounds that were decoded. */
  decoded: number;
  /** What the first decoded picture says of its colours; numbers of ITU-T H.273 as FFmpeg has them. */
  color?: JudgedColor;
}

export interface JudgedColor {
  primaries: number;
  transfer: number;
  matrix: number;
  /** 1 limited, 2 full. */
  range: number;
  /** Of the mastering display and of the content's light, in the order of `hdr10.ts`. */
  mastering?: number[];
  light?: number[];
}

/** A packet of one of the tracks. Its sum is that of what `essenceOf` leaves. */
export interface JudgedPacket extends Packet {
  /** Place of its track in the list. */
  track: number;
}

/** What became of a task. */
export interface Verdict {
  /** The version of FFmpeg inside. */
  by: string;
  tracks: JudgedTrack[];
  /** In the order in which they came. */
  packets: JudgedPacket[];
  /** Warnings and errors of FFmpeg; empty when it found no fault. */
  complaints: string;
}
