import type { Scheduler } from '../../live/scheduler.ts';

/** A request that waits. */
export interface Held {
  /** True once it was answered, because what it waits for is there or will never be. */
  answer(): boolean;
  /** Its time is over. */
  expire(): void;
}

/**
 * Requests that wait for one thing to go on. All wait equally long at most, so the one that came first is the first
 * whose time is over, and one timer is enough.
 */
export class Holds {
  readonly #scheduler: Scheduler;
  /** When the time of each is over, in monotonic µs, the oldest first. */
  readonly #held = new Map<Held, number>();
  #cancel: (() => void) | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get size(): number {
    return this.#held.size;
  }

  /** `longest`: µs. */
  add(held: Held, longest: number): void {
    this.#held.set(held, this.#scheduler.now() + longest);
    this.#arm();
  }

  remove(held: Held): void {
    if (this.#held.delete(held) && this.#held.size === 0) this.#disarm();
  }

  /** Something has changed. */
  wake(): void {
    for (const held of this.#held.keys()) if (held.answer()) this.#held.delete(held);
    if (this.#held.size === 0) this.#disarm();
  }

  #arm(): void {
    if (this.#cancel) return;
    const [until] = this.#held.values();
    if (until === undefined) return;
    this.#cancel = this.#scheduler.after(Math.max(0, until - this.#scheduler.now()), () => this.#expire());
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #expire(): void {
    this.#cancel = undefined;
    const now = this.#scheduler.now();
    for (const [held, until] of this.#held) {
      if (until > now) break;
      this.#held.delete(held);
      held.expire();
    }
    this.#arm();
  }
}
