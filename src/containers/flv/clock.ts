/** Widths in ms at which publishers' clocks start again: without the extended byte, signed (FFmpeg), unsigned. */
const WRAPS = [2 ** 24, 2 ** 31, 2 ** 32] as const;
const UNSIGNED = 2 ** 32;

/**
 * Only a step across the wrap that is this short is one, in ms. Anything else is a jump or a restart, which is left in
 * sight: the stream's timeline knows what to do with those.
 */
const NEAR = 10_000;

/**
 * Undoes the wraps of the 24, 31 or 32 bit millisecond clocks of FLV and RTMP (FLV E.4.1, RTMP 5.3.1). One clock for all
 * tracks of a publisher, since sound and picture do not cross a wrap at the same moment.
 */
export class FlvClock {
  #last: number | undefined;
  /** What was added to the raw time of the last frame. */
  #base = 0;
  /** The width of the last wrap. */
  #wrap: number = UNSIGNED;

  /** Time in ms, negative where a publisher starts a little before 0. `raw` is unsigned and 32 bits wide. */
  frame(raw: number): number {
    this.#base = this.#baseFor(raw, true);
    this.#last = raw;
    return this.#base + raw;
  }

  /** The same for messages whose time says nothing of the clock: metadata is often sent at 0. */
  data(raw: number): number {
    return this.#baseFor(raw, false) + raw;
  }

  #baseFor(raw: number, moves: boolean): number {
    const last = this.#last;
    if (last === undefined) return raw >= UNSIGNED - NEAR ? -UNSIGNED : 0;
    if (raw < last) {
      for (const wrap of WRAPS) {
        const step = raw + wrap - last;
        if (step < 0 || step > NEAR) continue;
        if (moves) this.#wrap = wrap;
        return this.#base + wrap;
      }
    } else if (raw < this.#wrap && last + this.#wrap - raw <= NEAR) {
      // The other track has crossed the wrap already, this one has not.
      const crossed = this.#base > 0 || this.#wrap === UNSIGNED;
      if (crossed) return this.#base - this.#wrap;
    }
    return this.#base;
  }
}
