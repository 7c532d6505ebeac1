import type { Traffic } from '../live/access.ts';

/** What an outlet tells whoever writes to it. */
export interface OutletListener {
  /** What was written is taken, after `write` said that it was not: it may go on. With an error nothing more will be. */
  taken(error?: Error | null): void;
  /** Bytes wait, and none of them moved in the time of a look. */
  still(): void;
  /** How often it is looked whether bytes move while some wait. ms */
  readonly lookMs: number;
}

/** What a pump needs of an outlet. */
export interface Intake {
  /** What was written is not taken yet, if only by who wrote before: nothing may be written until that is told. */
  readonly busy: boolean;
  /** Says who writes, before the first byte of theirs. */
  open(listener: OutletListener): void;
  /** Nothing is told any more. What was written still goes out. */
  release(): void;
  /**
   * Writes buffers, each as `wrap` frames it, as one. False when not all was taken: then nothing may be written until
   * that is told.
   */
  write(buffers: readonly Uint8Array[], wrap?: (bytes: Uint8Array) => Uint8Array): boolean;
  /** Bytes since it was made; those of others on the same connection do not count. */
  traffic(): Traffic;
}

/** Where endless bytes go: a socket, or one stream of a connection that has many. */
export interface Outlet extends Intake {
  /** Ends it after what was written. What is left after `linger` µs is cut, however slowly the peer reads. */
  end(linger: number): void;
  /** Cuts it. */
  destroy(): void;
}
