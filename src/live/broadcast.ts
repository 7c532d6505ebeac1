import { MILLISECOND } from '../media/time.ts';
import type { Scheduler } from './scheduler.ts';

/** Clocks that moved apart by more than this get a new anchor. µs. */
const DRIFT = 40 * MILLISECOND;
/** A wall clock that moved against the monotonic one by more than this was set anew, or has been slewed that far. ms */
const STEP = 500;

/**
 * One span from live to ended, with the map from the stream's media time to wall time. Its length is measured by the
 * monotonic clock: where the wall clock is set meanwhile, the start moves along.
 */
export class Broadcast {
  readonly id: string;
  readonly #scheduler: Scheduler;
  /** Monotonic µs of the first frame. */
  readonly #begun: number;
  #startedAt: number;
  #media = 0;
  #wall: number;

  constructor(options: { id: string; scheduler: Scheduler }) {
    const { scheduler } = options;
    this.id = options.id;
    this.#scheduler = scheduler;
    this.#begun = scheduler.now();
    this.#startedAt = this.#wall = scheduler.wall();
  }

  /** Wall time in ms at which the first frame came, by the clock as it was when it was looked at last. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** Says that the frame with stream time `media` (µs) came now. True when the start has moved with the wall clock. */
  observe(media: number): boolean {
    const wall = this.#scheduler.wall();
    const drift = (wall - this.wallTime(media)) * MILLISECOND;
    if (Math.abs(drift) >= DRIFT) {
      this.#media = media;
      this.#wall = wall;
    }
    return this.#follow(wall);
  }

  /** Wall time in ms of a stream time in µs. */
  wallTime(media: number): number {
    return this.#wall + (media - this.#media) / MILLISECOND;
  }

  /** Start and end in wall ms of a broadcast that ends now. */
  end(): { startedAt: number; endedAt: number } {
    const endedAt = this.#scheduler.wall();
    this.#follow(endedAt);
    return { startedAt: this.#startedAt, endedAt };
  }

  #follow(wall: number): boolean {
    const startedAt = wall - (this.#scheduler.now() - this.#begun) / MILLISECOND;
    if (Math.abs(startedAt - this.#startedAt) < STEP) return false;
    this.#startedAt = Math.round(startedAt);
    return true;
  }
}
