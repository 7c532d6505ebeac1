import type { Frame, Track } from '../../media/frame.ts';
import type { Muxer } from '../muxer.ts';
import { Blocks } from '../../media/bytes/blocks.ts';
import { id3Message } from './event-message.ts';
import { fragment } from './fragment.ts';
import { initSegment, isCarried } from './init.ts';
import { TrackClocks } from './track-clock.ts';

const EMPTY = new Uint8Array(0);
/** mfhd.sequence has 32 bits. */
const SEQUENCES = 2 ** 32;

/**
 * Writes fragmented MP4 (ISO/IEC 14496-12, 8.8) without an end: one fragment for each frame, so that nothing waits. Times
 * are the stream's own, continuous for every joiner. How long the last sample lasts is not known when it is written:
 * decode times always tell the truth, durations what is most likely.
 */
export class Mp4Muxer implements Muxer {
  /** Players take their tracks from the first `moov`; only our demuxer and Media Source Extensions read another one. */
  readonly inline = false;
  readonly #clocks = new TrackClocks();
  readonly #carried = new WeakMap<Track, boolean>();
  readonly #blocks = new Blocks();
  readonly #allocate = (length: number): Uint8Array => this.#blocks.allocate(length);
  #sequence = 0;

  /**
   * Of data ID3 alone is carried, as events. Captions are not carried apart: they travel inside their pictures. Nor is
   * what has a config that cannot be read.
   */
  carries(track: Track): boolean {
    let carried = this.#carried.get(track);
    if (carried === undefined) this.#carried.set(track, (carried = isCarried(track)));
    return carried;
  }

  /** The init segment. */
  header(tracks: readonly Track[]): Uint8Array {
    return initSegment(tracks);
  }

  /** A new init segment; timed metadata needs none. */
  announce(track: Track, tracks: readonly Track[]): Uint8Array {
    return track.kind === 'data' ? EMPTY : initSegment(tracks);
  }

  /** One `moof` and `mdat`, or an `emsg`; nothing for a frame of a track that MP4 cannot carry. */
  mux(frame: Frame): Uint8Array {
    const { track } = frame;
    if (!this.carries(track)) return EMPTY;
    if (track.kind === 'data') return id3Message(frame);
    const clock = this.#clocks.of(track);
    const begin = clock.ticks(frame.dts);
    this.#sequence = (this.#sequence + 1) % SEQUENCES;
    const samples = [clock.sample(frame, begin, undefined)];
    return fragment(this.#sequence, [{ id: track.id, begin, samples }], this.#allocate);
  }
}
