import type { Frame, Track } from '../../media/frame.ts';
import type { Muxer } from '../muxer.ts';
import { carriageOf } from './carriage.ts';
import { TsWriter } from './ts-writer.ts';

/**
 * Writes an endless MPEG-TS (ISO/IEC 13818-1). Times are the stream's own, continuous for every joiner, later by
 * `TS_ORIGIN` and modulo 2^33 ticks.
 *
 * Tables and their continuity counters: in what all viewers share, the counters of every PID run on without a gap, those
 * of PAT and PMT, too. The header is the same for every joiner, so its counters are 0, and the next tables have whatever
 * number it is by then: an analyser sees one gap on those two PIDs where somebody joined, which costs nothing, since a
 * table is whole in each of its places. Marking such places (discontinuity_indicator) would mark them for all, all the
 * time, and VLC warns of each mark. The version of the PMT is raised when it says something new.
 */
export class TsMuxer implements Muxer {
  readonly inline = true;
  readonly #writer = new TsWriter();

  carries(track: Track): boolean {
    return carriageOf(track) !== undefined;
  }

  /** PAT and PMT. Codec configs are in the frames: in front of each key frame, or in each sound. */
  header(tracks: readonly Track[]): Uint8Array {
    return this.#writer.header(tracks);
  }

  tell(tracks: readonly Track[]): void {
    this.#writer.tell(tracks);
  }

  /** PAT and PMT anew. Of tracks that are not in force, for one who is not that far, they change nothing for the others. */
  announce(_track: Track, tracks: readonly Track[]): Uint8Array {
    return this.#writer.tables(tracks);
  }

  /** Nothing for a frame that is too large for its codec's form, or of a track that cannot be carried. */
  mux(frame: Frame): Uint8Array {
    return this.#writer.write(frame);
  }
}
