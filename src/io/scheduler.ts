import type { Scheduler } from '../live/scheduler.ts';

/** Longest delay that Node's timers take, in ms. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The real clock and timers. No timer keeps the process alive. */
export function systemScheduler(): Scheduler {
  const ms = (us: number): number => Math.min(MAX_DELAY_MS, Math.max(0, us / 1000));
  return {
    now: () => Math.round(performance.now() * 1000),
    wall: () => Date.now(),
    after(us, run) {
      const timer = setTimeout(run, ms(us)).unref();
      return () => clearTimeout(timer);
    },
    every(us, run) {
      const timer = setInterval(run, ms(us)).unref();
      return () => clearInterval(timer);
    },
  };
}
