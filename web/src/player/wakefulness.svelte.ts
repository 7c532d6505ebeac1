import type { Clock } from '../../../src/client/index.ts';

/** The player is looked at this often. ms */
const TICK = 50;
/** A tick that comes this late means that the machine slept. ms */
const SLEPT = 5_000;

export interface WakefulnessOptions {
  clock: Clock;
  /** Every now and then, with the monotonic time in ms. */
  tick(now: number): void;
  /** The network or the viewer is back, or the machine woke up. `thawed`: the page itself had been put away. */
  back(thawed: boolean): void;
}

/** Whether there is a network, and when there is one again: also after sleep, and when the page is looked at again. */
export class Wakefulness {
  online: boolean = $state(navigator.onLine);
  readonly #options: WakefulnessOptions;
  readonly #stop = new AbortController();
  #at = 0;
  #cancel: (() => void) | undefined;

  constructor(options: WakefulnessOptions) {
    this.#options = options;
    const { signal } = this.#stop;
    addEventListener('online', () => this.#back(true), { signal });
    addEventListener('offline', () => (this.online = false), { signal });
    addEventListener('pageshow', ({ persisted }) => this.#back(navigator.onLine, persisted), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.#back(navigator.onLine), { signal });
    this.#at = options.clock.now();
    this.#tick();
  }

  close(): void {
    this.#stop.abort();
    this.#cancel?.();
  }

  #back(online: boolean, thawed = false): void {
    this.online = online;
    if (online) this.#options.back(thawed);
  }

  #tick(): void {
    const { clock, tick } = this.#options;
    this.#cancel = clock.after(TICK, () => this.#tick());
    const now = clock.now();
    const slept = now - this.#at > SLEPT && !document.hidden;
    this.#at = now;
    if (slept) this.#back(navigator.onLine);
    tick(now);
  }
}
