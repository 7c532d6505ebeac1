import { stolen, stolenSince, waitedOf } from '../processors.ts';

/** Runs from when it is made, but not while the machine does not let a process run. */
export class Stopwatch {
  readonly #begun = performance.now();
  readonly #pid: number;
  readonly #waited: number;
  readonly #stolen = stolen();

  /** `pid`: whose time it measures. */
  constructor(pid: number) {
    this.#pid = pid;
    this.#waited = waitedOf(pid);
  }

  /** ms so far. A process that has ended has waited for nothing since. */
  get ms(): number {
    const waited = Math.max(0, waitedOf(this.#pid) - this.#waited);
    return Math.max(0, Math.round(performance.now() - this.#begun - waited - stolenSince(this.#stolen)));
  }
}
