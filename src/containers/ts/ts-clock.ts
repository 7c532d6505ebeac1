import { fromTicks, stepOf, TICKS } from './ticks.ts';

/** Tracks of a program are not further apart than this, and no step that is shorter is a jump. Ticks */
const NEAR: number = 10 * TICKS;

/** A span in which times go on from each other. */
interface Era {
  /** The last time in it, with the wraps undone. Ticks */
  last: number;
  /** What is added to those. */
  offset: number;
}

/**
 * Undoes the wraps of the 33-bit clock of one program, which all its tracks share. A jump ahead stays in sight; after one
 * back, as of a file that begins anew, times go on from where they were. Tracks need not jump at the same moment.
 */
export class TsClock {
  #era: Era | undefined;
  #before: Era | undefined;

  /** The last time, µs; undefined before the first. */
  get now(): number | undefined {
    return this.#era && fromTicks(this.#era.last + this.#era.offset);
  }

  /** Decode time in ticks for one of 33 bits. */
  at(raw: number): number {
    const era = this.#era;
    if (!era) {
      this.#era = { last: raw, offset: 0 };
      return raw;
    }
    const step = stepOf(era.last, raw);
    if (Math.abs(step) <= NEAR) return go(era, step);
    if (this.#before) {
      const other = stepOf(this.#before.last, raw);
      if (Math.abs(other) <= NEAR) return go(this.#before, other);
    }
    this.#before = { ...era };
    if (step < 0) era.offset -= step;
    return go(era, step);
  }
}

function go(era: Era, step: number): number {
  era.last += step;
  return era.last + era.offset;
}
