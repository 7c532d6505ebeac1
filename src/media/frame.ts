/** What every part of the server agrees on: a track and one access unit of it. */

import type { ColorInfo } from './color-info.ts';
import { SECOND } from './time.ts';

/** A frame whose two times are further apart is a fault of its sender, not reordering. µs */
export const MAX_COMPOSITION: number = 10 * SECOND;

export type Kind = 'video' | 'audio' | 'data';

/** A codec's short name, as in the codec table (`media/codec/table.ts`). */
export type Codec =
  | 'h264'
  | 'h265'
  | 'av1'
  | 'vp9'
  | 'vp8'
  | 'aac'
  | 'mp3'
  | 'opus'
  | 'flac'
  | 'ac3'
  | 'eac3'
  | 'pcma'
  | 'pcmu'
  | 'amf'
  | 'captions'
  | 'klv'
  | 'id3';

/**
 * One elementary stream in one configuration. Immutable: a new configuration is a new `Track` with the same `id`, and
 * outputs notice it by identity.
 */
export interface Track {
  /** Names the elementary stream within its stream; survives changes of configuration. */
  readonly id: number;
  readonly kind: Kind;
  readonly codec: Codec;
  /**
   * Codec config: avcC, hvcC, av1C, vpcC without version and flags (VP8, VP9), AudioSpecificConfig, OpusHead, `fLaC` with
   * STREAMINFO, dac3, dec3, a header of MP3 (`mp3Config`) or ours for G.711; for `amf` the AMF0 bytes of the last
   * `onMetaData`. May be empty.
   */
  readonly config: Uint8Array;
  /** What the publisher says of the colours beside the config. */
  readonly color?: ColorInfo;
  /** Pixels of the pictures, for codecs whose config does not tell (VP8, VP9); known from the first key frame on. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** The first track of a kind: the one that is played where there is a choice of several. */
export function mainTrack(tracks: readonly Track[], kind: Kind): Track | undefined {
  return tracks.find((track) => track.kind === kind);
}

/** One access unit. `data` is shared by all readers and is read-only by rule. */
export interface Frame {
  readonly track: Track;
  /** Decode time in µs, an integer. */
  readonly dts: number;
  /** Presentation time in µs, an integer. May lie before `dts` (negative composition time). */
  readonly pts: number;
  /** True where decoding can start; always true for audio and data. */
  readonly key: boolean;
  /**
   * Pictures: what `AccessUnit.data` says. Audio: one packet as its codec has it, without an ADTS header; of E-AC-3 all
   * syncframes of one access unit.
   */
  readonly data: Uint8Array;
}

/** Why a sink's input is over. */
export type EndReason = 'ended' | 'kicked' | 'revoked' | 'replaced' | 'lost' | 'shutdown' | 'error';

/** Anything frames can be written to. */
export interface FrameSink {
  write(frame: Frame): void;
  end(reason: EndReason): void;
}
