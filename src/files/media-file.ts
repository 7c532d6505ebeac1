import type { Unsupported } from '../containers/demuxer.ts';
import type { Frame, Kind, Track } from '../media/frame.ts';

/** A file of pictures and sound that can be read from its start, as often as wanted. */
export interface MediaFile {
  /** `flv`, `ts`, `mp4`, `mov`, `mkv`, `webm`. */
  readonly format: string;
  /** Bytes. */
  readonly size: number;
  /** µs, as the file says; absent where it does not. */
  readonly duration?: number;
  /** What there is to read, in the file's order. The first of a kind has the id that a publisher's main track has. */
  readonly tracks: readonly Track[];
  /** What is in the file and cannot be read. */
  readonly unsupported: readonly Unsupported[];
  /** In words, what the file asks for and does not get; absent where there is nothing such. */
  readonly ignored?: string;
  /**
   * Every frame from the start, in decode order, on one clock that starts at 0. A track is read up to where it is damaged.
   *
   * @param damaged Told of a track that cannot be read any further.
   * @throws ProtocolError where what was read is no media, or is above a limit.
   * @throws RoomcastError in words where the system cannot read the file any more.
   */
  frames(damaged?: (damage: Damage) => void): AsyncGenerator<Frame, void>;
  close(): Promise<void>;
}

/** Where a track ends before its time. */
export interface Damage {
  kind: Kind;
  /** µs on the clock of the frames. */
  at: number;
}
