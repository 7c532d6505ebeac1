import type { Scheduler } from '../live/scheduler.ts';

/** Longest delay that Node's timers take, in ms. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The real clock and timers. No timer keeps the process alive, and none fires early. */
export function systemScheduler(): Scheduler {
  const ms = (us: number): number => Math.min(MAX_DELAY_MS, Math.max(0, us / 1000));
  const now = (): number => Math.round(performance.now() * 1000);
  return {
    now,
    wall: () => Date.now(),
    after(us, run) {
      const due = now() + us;
      // Node's own timers count whole ms and may fire one too soon.
      const fire = (): void => {
        const left = due - now();
        if (left > 0) timer = setTimeout(fire, ms(left)).unref();
        else run();
      };
      let timer = setTimeout(fire, ms(us)).unref();
      return () => clearTimeout(timer);
    },
    every(us, run) {
      const timer = setInterval(run, ms(us)).unref();
      return () => clearInterval(timer);
    },
  };
}
