import type { EndReason, Track } from '../media/frame.ts';

/** What cursors read: a feed, as they know it. */
export interface CursorSource {
  /** Why nothing more will come. */
  readonly ended: EndReason | undefined;
  take(cursor: Cursor, maxBytes: number): Uint8Array[];
  queued(cursor: Cursor): number;
  leave(cursor: Cursor): void;
}

/** One viewer's place in a feed. It holds no bytes; what it has not taken waits in the feed's ring, shared by all. */
export class Cursor {
  /** Sequence number of the next block; undefined while it waits for a join point. */
  position: number | undefined;
  /** The feed's length in bytes when this viewer joined: the burst up to here does not count as being behind. */
  burst = 0;
  /** The tracks this viewer was told of. */
  told: readonly Track[] | undefined;
  /** Those that stand in the header that it got, where that cannot be added to. */
  headed: readonly Track[] = [];
  /** It cannot be told of the tracks that follow: nothing more comes. */
  over = false;
  /** Stream time at which the newest block that it took begins, in µs. */
  media: number | undefined;
  /** Times it jumped ahead because it was too slow. */
  skips = 0;
  readonly ready: () => void;
  readonly #feed: CursorSource;

  constructor(feed: CursorSource, ready: () => void) {
    this.#feed = feed;
    this.ready = ready;
  }

  /**
   * The next shared buffers, about `maxBytes` of them and at least one when there is one. Empty when there is nothing
   * yet.
   */
  take(maxBytes: number): Uint8Array[] {
    return this.#feed.take(this, maxBytes);
  }

  /** Bytes that wait in the feed for this viewer. */
  get queued(): number {
    return this.#feed.queued(this);
  }

  /** Why nothing more will come, once all has been taken. */
  get ended(): EndReason | undefined {
    return this.queued > 0 ? undefined : this.over ? 'ended' : this.#feed.ended;
  }

  leave(): void {
    this.#feed.leave(this);
  }
}
