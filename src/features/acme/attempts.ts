import { SECOND } from '../../media/time.ts';

/** The first wait after a failure; each further one is four times as long. */
const FIRST_WAIT = 60 * SECOND;
const GROWTH = 4;
/**
 * Let's Encrypt refuses an account that failed five times within an hour for a domain, and says so by failing. One is
 * kept back for the operator’s own hands. Restarts do not change the count.
 */
const FAILURES_AN_HOUR = 4;
const HOUR = 3600 * SECOND;

/** When a CA may be asked again after it was in vain. All times are monotonic µs. */
export class Attempts {
  readonly #random: () => number;
  /** The newest failures, the oldest first. */
  #failures: number[];
  #inARow = 0;
  #next = -Infinity;

  /** `failures`: when it was in vain before this process. `random`: 0 to 1. */
  constructor({ failures = [], random }: { failures?: readonly number[]; random: () => number }) {
    this.#random = random;
    this.#failures = failures.slice(-FAILURES_AN_HOUR);
  }

  /** Failures since the last success, in this process. */
  get inARow(): number {
    return this.#inARow;
  }

  /** Those that still count. */
  get failures(): readonly number[] {
    return this.#failures;
  }

  /** No sooner than this. */
  get next(): number {
    const [oldest] = this.#failures;
    const allowed = oldest === undefined || this.#failures.length < FAILURES_AN_HOUR ? -Infinity : oldest + HOUR;
    return Math.max(this.#next, allowed);
  }

  /** It was in vain. `patience`: µs that the CA asked for; `most`: the longest wait otherwise. */
  failed(now: number, { patience = 0, most }: { patience?: number; most: number }): void {
    const wait = Math.min(most, FIRST_WAIT * GROWTH ** this.#inARow);
    this.#inARow++;
    this.#failures = [...this.#failures, now].slice(-FAILURES_AN_HOUR);
    // Spread over its upper half: servers that failed together do not all come back together.
    this.#next = now + Math.ceil(Math.max(patience, wait * (0.5 + 0.5 * this.#random())));
  }

  /** It was not. `rest`: µs for which a new certificate will do in any case. */
  succeeded(now: number, rest: number): void {
    this.#inARow = 0;
    this.#failures = [];
    this.#next = now + rest;
  }
}
