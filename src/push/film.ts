import type { Frame, Track } from '../media/frame.ts';

/** What is pushed: frames in decode order on one clock that starts at 0. */
export interface Film {
  /** Those that are pushed, as they begin. */
  readonly tracks: readonly Track[];
  /** µs; absent where it is not known, or where there is no end. */
  readonly duration?: number;
  /** Once. */
  frames(): AsyncGenerator<Frame, void>;
  close(): Promise<void>;
}
