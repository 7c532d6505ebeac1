/** Knows when the first of many proofs ends, without looking at all of them again and again. Wall times in ms. */
export class FirstEnd {
  #first = Infinity;

  /** One more ends then. */
  add(ends: number): void {
    if (ends < this.#first) this.#first = ends;
  }

  /** Whether one has ended since the last time; `all` is looked through for the next only then. */
  hasPassed(now: number, all: Iterable<{ readonly ends: number }>): boolean {
    if (now < this.#first) return false;
    this.#first = Infinity;
    for (const { ends } of all) if (ends > now) this.add(ends);
    return true;
  }
}
