import type { Unsupported } from '../containers/demuxer.ts';
import { FlvDemuxer, publisherMetadata } from '../containers/flv/index.ts';
import type { Frame, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { Continuity } from './continuity.ts';

export interface FlvReaderOptions {
  /** The clock of what is read never jumps, however long it pauses. Default: it may, as in recordings. */
  isSteady?: boolean;
}

/**
 * Reads a recording in FLV: the tracks, and the frames of pictures and sound on one clock that starts at 0. It goes by
 * the tags alone, since PreviousTagSizes are often wrong; a tail that is cut off is left out.
 */
export class FlvReader {
  readonly #demuxer = new FlvDemuxer();
  readonly #continuity = new Continuity();
  readonly #isSteady: boolean;
  readonly #tracks = new Map<number, Track>();
  #start: number | undefined;

  constructor({ isSteady = false }: FlvReaderOptions = {}) {
    this.#isSteady = isSteady;
  }

  /** The frames in the next bytes, which must not change afterwards. @throws ProtocolError for what is not FLV. */
  push(bytes: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    for (const event of this.#demuxer.push(bytes)) {
      if (event.type === 'track') this.#tracks.set(event.track.id, event.track);
      else if (event.frame.track.kind !== 'data') frames.push(this.#placed(event.frame));
    }
    return frames;
  }

  /** The tracks so far, those that are played first. */
  get tracks(): Track[] {
    return [...this.#tracks.values()].toSorted((a, b) => a.id - b.id);
  }

  /** Codecs that came and cannot be read. */
  get unsupported(): readonly Unsupported[] {
    return this.#demuxer.decoder.unsupported;
  }

  /** µs, as the metadata says. */
  get duration(): number | undefined {
    const { duration } = publisherMetadata(this.tracks);
    if (typeof duration !== 'number' || !(duration > 0) || !Number.isFinite(duration)) return undefined;
    return Math.round(duration * SECOND);
  }

  #placed(frame: Frame): Frame {
    if (!this.#isSteady) return this.#continuity.place(frame);
    this.#start ??= frame.dts;
    return { ...frame, dts: frame.dts - this.#start, pts: frame.pts - this.#start };
  }
}
