/** What was received is averaged over this long. ms */
const SPAN = 2000;

/** How fast bytes come. */
export class Throughput {
  #received: { at: number; bytes: number }[] = [];

  add(bytes: number, now: number): void {
    this.#received.push({ at: now, bytes });
  }

  /** bit/s over the last two seconds. */
  rate(now: number): number {
    this.#received = this.#received.filter(({ at }) => now - at < SPAN);
    return (this.#received.reduce((sum, { bytes }) => sum + bytes, 0) * 8000) / SPAN;
  }
}
