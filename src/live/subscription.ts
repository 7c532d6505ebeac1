import type { RoomcastError } from '../errors.ts';
import type { Muxer } from '../containers/muxer.ts';
import type { EndReason } from '../media/frame.ts';
import type { Cursor } from './cursor.ts';
import type { Session } from './session.ts';
import type { Stream } from './stream.ts';

export interface SubscriptionOptions {
  session: Session;
  stream: Stream;
  join(feed: string, muxer: () => Muxer, ready: () => void): Cursor;
  left(reason: EndReason): void;
}

/** One admitted viewer. */
export class Subscription {
  readonly session: Session;
  readonly stream: Stream;
  readonly #options: SubscriptionOptions;
  #cursor: Cursor | undefined;
  #over = false;

  constructor(options: SubscriptionOptions) {
    this.session = options.session;
    this.stream = options.stream;
    this.#options = options;
  }

  get path(): string {
    return this.session.path;
  }

  /** A place in the shared feed of that name, which is made with `muxer` when nobody watches it yet. */
  join(feed: string, muxer: () => Muxer, ready: () => void): Cursor {
    this.#cursor?.leave();
    this.#cursor = this.#options.join(feed, muxer, ready);
    this.session.follow(this.#cursor);
    return this.#cursor;
  }

  /** The viewer left, or everything was sent. */
  leave(reason: EndReason = 'ended'): void {
    if (this.#over) return;
    this.#over = true;
    this.#cursor?.leave();
    this.#options.left(reason);
  }

  /** Ends it from the server's side and tells the peer. */
  stop(reason: EndReason, error?: RoomcastError): void {
    this.leave(reason);
    this.session.close(reason, error);
  }
}
