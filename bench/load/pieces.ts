import type { Piece, SegmentMuxer } from '../../src/containers/segment-muxer.ts';
import type { Track } from '../../src/media/frame.ts';
import type { ClipFrames } from '../frames.ts';

/** The frames of a clip as parts of HLS; `length` in µs. */
export function piecesOf({ tracks, frames }: ClipFrames, length: number): Piece[] {
  const pieces: Piece[] = [];
  const count = Math.ceil((frames.at(-1)!.dts + 1) / length);
  for (let index = 0; index < count; index++) {
    const own = frames.filter(({ dts }) => Math.floor(dts / length) === index);
    const after = frames.filter(({ dts }) => dts >= (index + 1) * length);
    const times = new Map<Track, number>();
    for (const { track, dts } of after) if (!times.has(track)) times.set(track, dts);
    const begins = own.some(({ key, track }) => key && track.kind === 'video');
    pieces.push({ tracks, frames: own, sequence: index + 1, begins, next: (track) => times.get(track) });
  }
  return pieces;
}

/** Writes all pieces. Returns the number of their frames. */
export function writePieces(muxer: SegmentMuxer, tracks: readonly Track[], pieces: readonly Piece[]): number {
  muxer.init(tracks);
  let count = 0;
  for (const piece of pieces) {
    if (muxer.write(piece).length > 0) count += piece.frames.length;
  }
  return count;
}
