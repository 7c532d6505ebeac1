import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Frame, Track } from '../../media/frame.ts';
import type { Piece, SegmentMuxer } from '../segment-muxer.ts';
import { id3Message } from './event-message.ts';
import { fragment, type Run, type Sample } from './fragment.ts';
import { initSegment, isCarried } from './init.ts';
import { type TrackClock, TrackClocks } from './track-clock.ts';

const EMPTY = new Uint8Array(0);

/** Writes the init segments and parts of HLS in fragmented MP4 (RFC 8216bis, 3.1.2; CMAF, ISO/IEC 23000-19, 7.3). */
export class Mp4SegmentMuxer implements SegmentMuxer {
  readonly #clocks = new TrackClocks();

  carries(track: Track): boolean {
    return isCarried(track);
  }

  init(tracks: readonly Track[]): Uint8Array {
    return initSegment(tracks);
  }

  /** The events, then one `moof` with a run for each track that has frames, and its `mdat`; empty without any. */
  write({ tracks, frames, sequence, next }: Piece): Uint8Array {
    const events = frames.filter(({ track }) => track.codec === 'id3').map(id3Message);
    const runs = tracks.flatMap((track) => {
      if (track.kind === 'data') return [];
      const own = frames.filter((frame) => frame.track.id === track.id);
      return own.length > 0 && this.carries(track) ? [runOf(this.#clocks.of(track), own, next(track))] : [];
    });
    return concatBytes([...events, runs.length > 0 ? fragment(sequence, runs) : EMPTY]);
  }
}

/** The samples follow each other without gaps: each lasts until the next one, the last one until that of the next piece. */
function runOf(clock: TrackClock, frames: readonly Frame[], next: number | undefined): Run {
  const times = frames.map(({ dts }) => clock.ticks(dts));
  const end = next === undefined ? undefined : clock.ticks(next);
  const samples = frames.map((frame, index): Sample => clock.sample(frame, times[index]!, times[index + 1] ?? end));
  return { id: clock.track.id, begin: times[0]!, samples };
}
