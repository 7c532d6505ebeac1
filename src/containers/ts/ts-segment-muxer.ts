import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Track } from '../../media/frame.ts';
import type { Piece, SegmentMuxer } from '../segment-muxer.ts';
import { carriageOf } from './carriage.ts';
import { TsWriter } from './ts-writer.ts';

/**
 * Writes the segments of one rendition in MPEG-TS (RFC 8216, 3.2): each begins with PAT and PMT, continuity counters and
 * times run on from one to the next. Times start again at 0 after 26.5 hours; players want no segment in which they do, so
 * who cuts segments asks `tsWraps`.
 */
export class TsSegmentMuxer implements SegmentMuxer {
  readonly #writer = new TsWriter();

  carries(track: Track): boolean {
    return carriageOf(track) !== undefined;
  }

  /** Segments need none. */
  init(): undefined {
    return undefined;
  }

  write({ tracks, frames, begins }: Piece): Uint8Array {
    this.#writer.tell(tracks);
    const parts: Uint8Array[] = [];
    for (const frame of frames) {
      const bytes = this.#writer.write(frame, begins && parts.length === 0);
      if (bytes.length > 0) parts.push(bytes);
    }
    return concatBytes(parts);
  }
}
