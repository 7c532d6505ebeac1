/** Two pauses to load within this time make a slow connection. ms */
const SPAN = 30_000;
const PAUSES = 2;

/** Notices when a connection is too slow for the stream. */
export class SlowSense {
  #pauses: number[] = [];

  /** Playback had to pause to load. Returns whether that has become a habit. */
  paused(now: number): boolean {
    this.#pauses = [...this.#pauses.filter((at) => now - at < SPAN), now];
    return this.#pauses.length >= PAUSES;
  }
}
