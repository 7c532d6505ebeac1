import { MILLISECOND, SECOND } from '../media/time.ts';

/** A recording without anything for longer than this has none: its clock was set anew, as by a server that started again. */
const MAX_GAP = 10 * SECOND;
/** Tracks may be out of step by this much; a time that is further back is another clock. */
const MAX_BACK = 2 * SECOND;
/** What then lies between the frames before and behind the jump. */
const STEP = 40 * MILLISECOND;

/** Joins the parts of a recording whose clock jumps, one clock for all tracks. Times in µs. */
export class Continuity {
  #last: number | undefined;
  #shift = 0;

  /** What must be added to the times of a frame that is decoded at `dts`. The first one comes to lie at 0. */
  shiftFor(dts: number): number {
    if (this.#last === undefined) this.#shift = -dts;
    else {
      const step = dts + this.#shift - this.#last;
      if (step > MAX_GAP || step < -MAX_BACK) this.#shift = this.#last + STEP - dts;
    }
    this.#last = Math.max(this.#last ?? 0, dts + this.#shift);
    return this.#shift;
  }
}
