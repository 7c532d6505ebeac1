import type { MediaEvent, Unsupported } from '../containers/demuxer.ts';
import { publisherMetadata } from '../containers/flv/index.ts';
import type { Frame, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { Continuity } from './continuity.ts';
import { flvFormat, type StreamDemuxer } from './stream-format.ts';

export interface RecordingOptions {
  /** The clock of what is read never jumps, however long it pauses. Default: it may, as in recordings. */
  isSteady?: boolean;
}

/**
 * Reads a recording of a stream: the tracks, and the frames of pictures and sound on one clock that starts at 0. A tail
 * that is cut off is left out.
 */
export class RecordingReader {
  readonly #demuxer: StreamDemuxer;
  readonly #continuity = new Continuity();
  readonly #isSteady: boolean;
  readonly #tracks = new Map<number, Track>();
  #start: number | undefined;

  constructor(demuxer: StreamDemuxer, { isSteady = false }: RecordingOptions = {}) {
    this.#demuxer = demuxer;
    this.#isSteady = isSteady;
  }

  /** The frames in the next bytes, which must not change afterwards. @throws ProtocolError for another format. */
  push(bytes: Uint8Array): Frame[] {
    return this.#read(this.#demuxer.push(bytes));
  }

  /** The frames that waited for what follows them; nothing does. */
  end(): Frame[] {
    return this.#read(this.#demuxer.end?.() ?? []);
  }

  /** The tracks so far, those that are played first. */
  get tracks(): Track[] {
    return [...this.#tracks.values()].toSorted((a, b) => a.id - b.id);
  }

  /** Codecs that came and cannot be read. */
  get unsupported(): readonly Unsupported[] {
    return this.#demuxer.unsupported;
  }

  /** µs, as the metadata says. */
  get duration(): number | undefined {
    const { duration } = publisherMetadata(this.tracks);
    if (typeof duration !== 'number' || !(duration > 0) || !Number.isFinite(duration)) return undefined;
    return Math.round(duration * SECOND);
  }

  #read(events: readonly MediaEvent[]): Frame[] {
    const frames: Frame[] = [];
    for (const event of events) {
      if (event.type === 'track') this.#tracks.set(event.track.id, event.track);
      else if (event.frame.track.kind !== 'data') frames.push(this.#placed(event.frame));
    }
    return frames;
  }

  #placed(frame: Frame): Frame {
    if (!this.#isSteady) return this.#continuity.place(frame);
    this.#start ??= frame.dts;
    return { ...frame, dts: frame.dts - this.#start, pts: frame.pts - this.#start };
  }
}

/** Reads a recording in FLV. It goes by the tags alone, since PreviousTagSizes are often wrong. */
export class FlvReader extends RecordingReader {
  constructor(options?: RecordingOptions) {
    super(flvFormat.open(), options);
  }
}
