import { MILLISECOND, SECOND } from '../../media/time.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** Seconds that are looked at. */
const SPAN = 12;
/** Fewer tell nothing; a mean takes longer than a swing. */
const FEWEST = 5;
/** Down, up and down again, or the other way: a film has its quiet scenes, and a line its hiccup. */
const FEWEST_SWINGS = 3;
/** From second to second; less is jitter. */
const LATER = 50 * MILLISECOND;
/** Of what the line carried in the mean, what it carries for long. */
const ADVISED = 0.9;
/** A key frame that comes sooner after another is one of a cut, and as much a part of the picture as all else. */
const REGULAR = SECOND;
/** Parts of a second by which the two seconds of a rate move on: a swing is seen wherever in a second it begins. */
const PARTS = 4;
/** Rates are told to this, bit/s. */
const STEP = 10_000;
const ADVISED_STEP = 100_000;

interface Second {
  /** Bytes of regular key frames, and of all else in each part of it. */
  keyBytes: number;
  parts: readonly number[];
  /** Least and most by which frames came late, µs of an arbitrary start. */
  early: number;
  late: number;
}

/** How much comes in each second of real time, and how late. */
export class BitRateProbe {
  #seconds: Second[] = [];
  #keyBytes = 0;
  #parts: number[] = noParts();
  #key = -Infinity;
  #early = Infinity;
  #late = -Infinity;
  #next: number | undefined;

  /** Of a main track, which is what a viewer gets; `key`: a key frame of the picture. */
  see(bytes: number, key: boolean, now: number): void {
    if (this.#next === undefined) this.#next = now + SECOND;
    else if (now >= this.#next) this.#roll(now);
    if (key && now - this.#key >= REGULAR) this.#keyBytes += bytes;
    else this.#parts[Math.floor(((now - this.#next!) / SECOND + 1) * PARTS)]! += bytes;
    if (key) this.#key = now;
  }

  /** How late a frame of the track that sets the pace came: µs of arrival minus those of its time stamp. */
  seeLateness(late: number): void {
    if (late < this.#early) this.#early = late;
    if (late > this.#late) this.#late = late;
  }

  /** The clock jumped: what was late before says nothing. */
  jumped(): void {
    this.#early = Infinity;
    this.#late = -Infinity;
    for (const second of this.#seconds) [second.early, second.late] = [Infinity, -Infinity];
  }

  reset(): void {
    this.#seconds = [];
    this.#next = undefined;
    this.#keyBytes = 0;
    this.#parts = noParts();
    this.jumped();
  }

  /** Verdict on `bit-rate-high`. */
  high(): Verdict {
    if (this.#seconds.length < FEWEST) return undefined;
    const { comes, goes, advised } = thresholds['bit-rate-high'].limits;
    const mean = this.#mean;
    if (mean > comes.value) return { bitRate: toStep(mean, STEP), limit: comes.value, advised: advised.value };
    return mean < goes.value ? 'well' : 'border';
  }

  /** Verdict on `bit-rate-unstable`. */
  unstable(): Verdict {
    if (this.#seconds.length < FEWEST) return undefined;
    const { late, lateness, steady, goes, least, behind } = thresholds['bit-rate-unstable'].limits;
    const advised = Math.max(ADVISED_STEP, Math.floor((this.#mean * ADVISED) / ADVISED_STEP) * ADVISED_STEP);
    const fallsBehind = this.#fallsBehind();
    if (fallsBehind > behind.value * SECOND) {
      const span = this.#seconds.length * SECOND;
      const sent = (this.#mean * span) / (span - Math.min(fallsBehind, span / 2));
      return { low: toStep(this.#mean, STEP), high: toStep(sent, STEP), advised };
    }
    const isLate = this.#lateness() > lateness.value * SECOND;
    const limit = isLate ? late.value : steady.value;
    const rates = this.#rates();
    if (swingsOf(rates, limit, least.value) < FEWEST_SWINGS) {
      const isWell = swingsOf(rates, limit * goes.value, least.value) < FEWEST_SWINGS;
      return isWell && fallsBehind <= behind.value * goes.value * SECOND ? 'well' : 'border';
    }
    const [low, high] = [Math.min(...rates), Math.max(...rates)];
    return { low: toStep(low, STEP), high: toStep(high, STEP), advised };
  }

  /** bit/s. */
  get #mean(): number {
    return (8 * total(this.#seconds.flatMap(({ keyBytes, parts }) => [keyBytes, ...parts]))) / this.#seconds.length;
  }

  /** bit/s over every two seconds; regular key frames are spread over all of the time. */
  #rates(): number[] {
    const seconds = this.#seconds;
    const keys = (8 * total(seconds.map(({ keyBytes }) => keyBytes))) / seconds.length;
    const parts = seconds.flatMap((second) => second.parts);
    return Array.from(
      { length: parts.length - 2 * PARTS + 1 },
      (_, index) => keys + 4 * total(parts.slice(index, index + 2 * PARTS)),
    );
  }

  #lateness(): number {
    let [early, late] = [this.#early, this.#late];
    for (const second of this.#seconds) {
      early = Math.min(early, second.early);
      late = Math.max(late, second.late);
    }
    return late - early;
  }

  /** By how much frames come later than at the beginning, where they come later and later; µs. */
  #fallsBehind(): number {
    const lates = this.#seconds.map(({ early }) => early);
    const steps = lates.slice(1).filter((late, index) => late - lates[index]! > LATER).length;
    const behind = lates.at(-1)! - lates[0]!;
    return steps * 2 > lates.length && Number.isFinite(behind) ? behind : 0;
  }

  #roll(now: number): void {
    let next = this.#next!;
    if (now - next > SPAN * SECOND) {
      this.reset();
      this.#next = now + SECOND;
      return;
    }
    for (; now >= next; next += SECOND) {
      const [keyBytes, parts, early, late] = [this.#keyBytes, this.#parts, this.#early, this.#late];
      this.#seconds.push({ keyBytes, parts, early, late });
      if (this.#seconds.length > SPAN) this.#seconds.shift();
      this.#keyBytes = 0;
      this.#parts = noParts();
      [this.#early, this.#late] = [Infinity, -Infinity];
    }
    this.#next = next;
  }
}

/** How often the rate goes up or down, by turns, by a ratio and a difference. */
function swingsOf(rates: readonly number[], ratio: number, least: number): number {
  let swings = 0;
  let up: boolean | undefined;
  // Since the last turn.
  let [low, high] = [Infinity, 0];
  for (const rate of rates) {
    low = Math.min(low, rate);
    high = Math.max(high, rate);
    if (up !== true && rate >= low * ratio && rate - low >= least) [up, high] = [true, rate];
    else if (up !== false && high >= rate * ratio && high - rate >= least) [up, low] = [false, rate];
    else continue;
    swings++;
  }
  return swings;
}

function total(bytes: readonly number[]): number {
  return bytes.reduce((sum, each) => sum + each, 0);
}

function noParts(): number[] {
  return Array<number>(PARTS).fill(0);
}

function toStep(rate: number, step: number): number {
  return Math.round(rate / step) * step;
}
