import { MILLISECOND } from '../media/time.ts';

/** Clocks that moved apart by more than this get a new anchor. µs. */
const DRIFT = 40 * MILLISECOND;

/** One span from live to ended, with the map from the stream's media time to wall time. */
export class Broadcast {
  readonly id: string;
  /** Wall time in ms at which the first frame came. */
  readonly startedAt: number;
  #media = 0;
  #wall: number;

  constructor(options: { id: string; startedAt: number }) {
    this.id = options.id;
    this.startedAt = options.startedAt;
    this.#wall = options.startedAt;
  }

  /** Says that the frame with stream time `media` (µs) came at `wall` (ms). */
  observe(media: number, wall: number): void {
    const drift = (wall - this.wallTime(media)) * MILLISECOND;
    if (Math.abs(drift) < DRIFT) return;
    this.#media = media;
    this.#wall = wall;
  }

  /** Wall time in ms of a stream time in µs. */
  wallTime(media: number): number {
    return this.#wall + (media - this.#media) / MILLISECOND;
  }
}
