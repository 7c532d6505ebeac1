import type { Scheduler } from '../live/scheduler.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';

/** How often is looked. */
const LOOK = SECOND;

export interface FirstRequestsOptions<T> {
  scheduler: Scheduler;
  /** ms from connecting to the end of the first request’s headers. */
  withinMs: number;
  /** A connection’s time is over. */
  late(connection: T): void;
}

/**
 * Ends connections whose first request does not come in time, counted from when they came: Node counts from the first
 * byte, so that whoever sends it late, has twice the time.
 */
export class FirstRequests<T> {
  readonly #options: FirstRequestsOptions<T>;
  /** When each came, in monotonic µs, the oldest first. */
  readonly #since = new Map<T, number>();
  readonly #cancel: () => void;

  constructor(options: FirstRequestsOptions<T>) {
    this.#options = options;
    this.#cancel = options.scheduler.every(LOOK, () => this.#look());
  }

  add(connection: T): void {
    this.#since.set(connection, this.#options.scheduler.now());
  }

  /** It has asked, or is gone. */
  remove(connection: T): void {
    this.#since.delete(connection);
  }

  /** Ends nobody any more. */
  close(): void {
    this.#cancel();
  }

  #look(): void {
    const { scheduler, withinMs, late } = this.#options;
    const now = scheduler.now();
    for (const [connection, since] of this.#since) {
      if (now - since < withinMs * MILLISECOND) return;
      this.#since.delete(connection);
      late(connection);
    }
  }
}
