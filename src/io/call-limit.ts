import type { Scheduler } from '../live/scheduler.ts';
import { SECOND } from '../media/time.ts';

/** Calls are counted over this long unless it is said. */
const WINDOW = 10 * SECOND;
/** Addresses that are remembered at once; each is forgotten within the window. */
const MAX_ADDRESSES = 50_000;

/**
 * So many calls of one address within ten seconds, or another time, and then as many as time allows (a leaky bucket: one number for each
 * address).
 */
export class CallLimit {
  readonly #scheduler: Scheduler;
  readonly #interval: number;
  readonly #window: number;
  /** Address → when its calls so far are paid off. */
  readonly #debts = new Map<string, number>();

  /** `calls`: 0 is no limit. `window` in µs. */
  constructor(options: { scheduler: Scheduler; calls: number; window?: number }) {
    this.#scheduler = options.scheduler;
    this.#window = options.window ?? WINDOW;
    // Whole, so that sums of it are exact; no limit above one call a microsecond.
    this.#interval = options.calls > 0 ? Math.floor(this.#window / options.calls) : 0;
  }

  /** Counts a call. Gives the seconds to wait when it is one too many, else 0. */
  take(address: string): number {
    if (this.#interval === 0) return 0;
    const now = this.#scheduler.now();
    const debt = Math.max(this.#debts.get(address) ?? 0, now);
    const wait = debt + this.#interval - now - this.#window;
    if (wait > 0) return Math.ceil(wait / SECOND);
    if (this.#debts.size >= MAX_ADDRESSES) this.#forget(now);
    this.#debts.set(address, debt + this.#interval);
    return 0;
  }

  #forget(now: number): void {
    for (const [address, debt] of this.#debts) if (debt <= now) this.#debts.delete(address);
    // Under a flood from everywhere, forgetting is better than growing.
    if (this.#debts.size >= MAX_ADDRESSES) this.#debts.clear();
  }
}
