import { performance } from 'node:perf_hooks';
import type { MergeWindow } from '../live/merge.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { MILLISECOND } from '../media/time.ts';

/** Often enough to follow a rush of viewers within a second, rarely enough to cost nothing. */
const EVERY = 100 * MILLISECOND;

/** Lets a merge window follow the load of this process's event loop. Returns what stops it. */
export function followLoad(merge: MergeWindow, scheduler: Scheduler): () => void {
  let before = performance.eventLoopUtilization();
  return scheduler.every(EVERY, () => {
    const now = performance.eventLoopUtilization();
    merge.observe(performance.eventLoopUtilization(now, before).utilization);
    before = now;
  });
}
