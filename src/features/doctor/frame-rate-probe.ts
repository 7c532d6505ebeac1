import { SECOND } from '../../media/time.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** Pictures are counted in halves of a second, of which two by two are a rate. */
const HALF = SECOND / 2;
/** Halves that are looked at; fewer than the second tell nothing. */
const SPAN = 16;
const FEWEST = 8;
/** Down, up and down again, or the other way. One change of rate is a choice, and one hiccup no fault. */
const FEWEST_TURNS = 3;

/** How many pictures there are in each second of the publisher's clock, so that a slow line is no fault of the encoder. */
export class FrameRateProbe {
  #counts: number[] = [];
  #count = 0;
  #next: number | undefined;

  /** Of the main video track; µs. */
  see(dts: number): void {
    if (this.#next === undefined) this.#next = dts + HALF;
    else if (dts >= this.#next) this.#roll(dts);
    this.#count++;
  }

  /** The clock jumped, or is another. */
  reset(): void {
    this.#counts = [];
    this.#count = 0;
    this.#next = undefined;
  }

  /** Verdict on `frame-rate-variable`. */
  verdict(): Verdict {
    if (this.#counts.length < FEWEST) return undefined;
    const { comes, goes, least } = thresholds['frame-rate-variable'].limits;
    const rates = this.#counts.slice(1).map((count, index) => count + this.#counts[index]!);
    const high = Math.max(...rates);
    const isUneven = (share: number): boolean => {
      const low = rates.map((rate) => rate < high * share && high - rate >= least.value);
      return low.filter((isLow, index) => index > 0 && isLow !== low[index - 1]).length >= FEWEST_TURNS;
    };
    if (isUneven(comes.value)) return { low: Math.min(...rates), high };
    return isUneven(goes.value) ? 'border' : 'well';
  }

  #roll(dts: number): void {
    let next = this.#next!;
    if (dts - next > SPAN * HALF) {
      this.reset();
      this.#next = dts + HALF;
      return;
    }
    for (; dts >= next; next += HALF) {
      this.#counts.push(this.#count);
      this.#count = 0;
      if (this.#counts.length > SPAN) this.#counts.shift();
    }
    this.#next = next;
  }
}
