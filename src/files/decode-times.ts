/** More pictures than any codec puts out of order; a file with more is not in decode order at all. */
const MAX_DEPTH = 32;

/**
 * Gives pictures that come in decode order, and tell nothing but when they are seen, times at which they are decoded:
 * the same times in order, as much earlier as the order needs. That is what encoders do, so a constant frame rate stays
 * constant. Decode times never go back, and are after their picture's time only where a file's own order is broken.
 */
export class DecodeTimes {
  /** By how many pictures decoding is ahead. */
  readonly #depth: number;
  /** µs between two pictures on average. */
  readonly #step: number;
  /** The earliest time that is seen at the start. */
  readonly #first: number;
  /** Times that were read and are not given out yet, in order. */
  readonly #waiting: number[] = [];
  #count = 0;
  #last = -Infinity;

  /** `beginning`: presentation times in µs of the first pictures, in decode order; a GOP or more of them. */
  constructor(beginning: readonly number[]) {
    this.#depth = reorderDepth(beginning);
    const sorted = beginning.toSorted((a, b) => a - b);
    this.#first = sorted[0] ?? 0;
    const span = (sorted.at(-1) ?? 0) - this.#first;
    this.#step = beginning.length > 1 ? span / (beginning.length - 1) : 0;
  }

  /** The decode time of the next picture, which is seen at `pts`; both in µs. */
  next(pts: number): number {
    const at = this.#waiting.findLastIndex((time) => time <= pts) + 1;
    this.#waiting.splice(at, 0, pts);
    const before = this.#depth - this.#count++;
    if (before > 0) return (this.#last = Math.min(pts, Math.round(this.#first - before * this.#step)));
    const earliest = this.#waiting.shift()!;
    // More is out of order than was at the beginning: from here on one more waits.
    if (Math.max(this.#last, earliest) > pts && this.#waiting.length < MAX_DEPTH) this.#waiting.unshift(earliest);
    return (this.#last = Math.max(this.#last, Math.min(earliest, pts)));
  }
}

/** How many pictures at most stand before one that is seen earlier than they are. */
function reorderDepth(times: readonly number[]): number {
  let depth = 0;
  for (let index = 1; index < times.length && depth < MAX_DEPTH; index++) {
    let later = 0;
    for (let before = Math.max(0, index - MAX_DEPTH); before < index; before++) {
      if (times[before]! > times[index]!) later++;
    }
    depth = Math.max(depth, later);
  }
  return depth;
}
