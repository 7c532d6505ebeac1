import type { Scheduler } from '../live/scheduler.ts';

/** Does something when asked, at once, but never sooner than `every` µs after the last time. */
export class Pace {
  readonly #options: { scheduler: Scheduler; every: number; run: () => void };
  #last = -Infinity;
  #cancel: (() => void) | undefined;

  constructor(options: { scheduler: Scheduler; every: number; run: () => void }) {
    this.#options = options;
  }

  ask(): void {
    if (this.#cancel) return;
    const { scheduler, every } = this.#options;
    const wait = this.#last + every - scheduler.now();
    if (wait <= 0) this.#run();
    else this.#cancel = scheduler.after(wait, () => this.#run());
  }

  /** What was asked for and still waits is done now. */
  flush(): void {
    if (!this.#cancel) return;
    this.#cancel();
    this.#run();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #run(): void {
    this.#cancel = undefined;
    this.#last = this.#options.scheduler.now();
    this.#options.run();
  }
}
