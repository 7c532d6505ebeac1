import type { Scheduler } from '../live/scheduler.ts';
import { SECOND } from '../media/time.ts';

/** What is later than this is not caught up: a burst would help nobody. */
const MAX_BEHIND = SECOND;

/** Says when the frames of a film are due in real time. Times in µs. */
export class Pace {
  readonly #scheduler: Scheduler;
  /** When the time 0 of the film was, or would have been. */
  #start: number | undefined;
  /** The greatest time so far. */
  #front = -Infinity;
  #wake: () => void = () => {};

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * Resolves when a frame of this time is due, or when `wake` is called. Where everything is late, the film is later; where
   * only one track lags behind the others, it does not wait.
   */
  async due(dts: number): Promise<void> {
    if (dts < this.#front) return;
    this.#front = dts;
    const now = this.#scheduler.now();
    this.#start ??= now - dts;
    const wait = dts + this.#start - now;
    if (wait < -MAX_BEHIND) this.#start = now - dts;
    if (wait <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#scheduler.after(wait, resolve);
    this.#wake = resolve;
    await promise;
    cancel();
  }

  /** Ends a wait before its time. */
  wake(): void {
    this.#wake();
  }
}
