import type { StreamClock } from '../../../src/client/index.ts';

/** The best arrivals of this long count, so that a clock that drifts is followed. ms */
const WINDOW = 20_000;
const BUCKET = 2_000;

/**
 * Measures how far the picture on the screen is behind the camera. The server's map from media time to wall time is
 * used where its clock is known; else the moments at which the newest frames arrived, which leaves out only the
 * network's own way. All times in ms.
 */
export class DelayMeter {
  #buckets: { at: number; least: number }[] = [];

  /** A frame of stream time `media` arrived. */
  arrived(media: number, now: number): void {
    const line = now - media;
    const bucket = this.#buckets.at(-1);
    if (bucket && now - bucket.at < BUCKET) bucket.least = Math.min(bucket.least, line);
    else this.#buckets.push({ at: now, least: line });
    this.#buckets = this.#buckets.filter(({ at }) => now - at < WINDOW);
  }

  /** A new connection: its first bytes are old. */
  restart(): void {
    this.#buckets = [];
  }

  /** Delay of stream time `media` being shown at `now`, without the server's clock. */
  byArrival(media: number, now: number, roundTrip = 0): number | undefined {
    if (this.#buckets.length === 0) return undefined;
    const line = Math.min(...this.#buckets.map(({ least }) => least));
    return Math.max(0, now - line - media + roundTrip / 2);
  }
}

/** Delay of stream time `media` being shown when the server's wall clock says `wall`. */
export function delayByClock(clock: StreamClock, media: number, wall: number): number {
  return Math.max(0, wall - (Date.parse(clock.at) + (media - clock.mediaTime * 1000)));
}
