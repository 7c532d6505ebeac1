import type { Scheduler } from '../src/live/scheduler.ts';

/** Wall time in ms at which a virtual clock starts: an arbitrary instant, the same in every run. */
export const VIRTUAL_START: number = Date.UTC(2026, 0, 1);

interface Timer {
  due: number;
  /** Timers that are due at the same time run in the order in which they were set. */
  order: number;
  period: number | undefined;
  run: () => void;
}

/** A clock that moves only when it is told to; days pass in milliseconds. */
export class VirtualScheduler implements Scheduler {
  /** µs by which wall time is ahead of where it would be: set it to step the wall clock. */
  wallOffset = 0;
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** `start`: the monotonic time in µs to begin with. */
  constructor(start = 1_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return VIRTUAL_START + (this.#now + this.wallOffset) / 1000;
  }

  after(us: number, run: () => void): () => void {
    return this.#set({ due: this.#now + Math.max(0, us), period: undefined, run });
  }

  every(us: number, run: () => void): () => void {
    return this.#set({ due: this.#now + us, period: us, run });
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the clock on by `us` microseconds and runs, in order, every timer that comes due on the way. */
  advance(us: number): void {
    this.advanceTo(this.#now + us);
  }

  advanceTo(time: number): void {
    for (let timer = this.#next(time); timer; timer = this.#next(time)) {
      this.#now = Math.max(this.#now, timer.due);
      if (timer.period === undefined) this.#timers.delete(timer);
      else timer.due += timer.period;
      timer.run();
    }
    this.#now = Math.max(this.#now, time);
  }

  /** The clock moves on while nothing runs, as when the process stands still; timers that were missed run once after it. */
  stall(us: number): void {
    this.#now += us;
    const missed = [...this.#timers].filter(({ due }) => due <= this.#now).toSorted((a, b) => a.due - b.due);
    for (const timer of missed) {
      if (timer.period === undefined) this.#timers.delete(timer);
      else timer.due = this.#now + timer.period;
      timer.run();
    }
  }

  /** As `advance`, in steps that let promises and microtasks run in between. */
  async pass(us: number, step: number = us): Promise<void> {
    const end = this.#now + us;
    while (this.#now < end) {
      this.advanceTo(Math.min(end, this.#now + step));
      await settle();
    }
  }

  #set(timer: Omit<Timer, 'order'>): () => void {
    const entry: Timer = { ...timer, order: this.#order++ };
    this.#timers.add(entry);
    return () => this.#timers.delete(entry);
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > until) continue;
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
