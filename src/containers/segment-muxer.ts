import type { Frame, Track } from '../media/frame.ts';

/** Some frames of one rendition that are written as one piece: a part of a segment, or all of it. */
export interface Piece {
  /** The tracks of the rendition; those of `frames` are among them. */
  readonly tracks: readonly Track[];
  /** In the order in which they came; of each track in decode order. */
  readonly frames: readonly Frame[];
  /** Number of this piece within its rendition, from 1 and without gaps. */
  readonly sequence: number;
  /** True where a segment begins with this piece. */
  readonly begins: boolean;
  /** Decode time in µs of the next frame of a track, for the duration of its last one here; absent where it is not known. */
  next(track: Track): number | undefined;
}

/** Writes the segments of one container for HLS. Bytes returned are shared by all viewers and are read-only. */
export interface SegmentMuxer {
  /** Tracks of these codecs can be carried; others are left out by the caller. */
  carries(track: Track): boolean;
  /** What is named by EXT-X-MAP; undefined where segments need none. A pure function of the tracks. */
  init(tracks: readonly Track[]): Uint8Array | undefined;
  /** One piece. The pieces of a segment, joined, are the segment. */
  write(piece: Piece): Uint8Array;
}
