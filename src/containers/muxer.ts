import type { Frame, Track } from '../media/frame.ts';

/**
 * Writes frames in one container. Bytes returned are shared by all viewers and are read-only.
 *
 * A joiner gets `header(tracks)` and then frames; a viewer that is already there gets `announce(track)` when a track
 * appears or changes. Neither depends on what was written before, but for the time that an announcement carries.
 */
export interface Muxer {
  /** Tracks that are wanted, where a viewer chose among several: all others are passed over without a word. */
  wants?(track: Track): boolean;
  /** Tracks of these codecs can be carried; others are left out by the caller. */
  carries(track: Track): boolean;
  /** True where a viewer that is already there can be told of a new or changed track; otherwise its bytes end there. */
  readonly inline: boolean;
  /** The tracks in force from here on, and no others; for containers that repeat them among the frames. */
  tell?(tracks: readonly Track[]): void;
  /** What a joiner gets before the first frame: file header, metadata, codec configs. */
  header(tracks: readonly Track[]): Uint8Array;
  /** In-band announcement of one new or changed track. May be empty. */
  announce(track: Track, tracks: readonly Track[]): Uint8Array;
  mux(frame: Frame): Uint8Array;
}
