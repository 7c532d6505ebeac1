import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How finely delays are seen. ms */
const RESOLUTION = 20;
/** What the histogram counts in. ns a second */
const NANOSECONDS = 1e9;

/** How late this process does things, in seconds, since somebody asked before. It measures from the first question on. */
export class LoopDelay {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;

  /** Undefined the first time. */
  read(): { p50: number; p99: number } | undefined {
    const histogram = this.#histogram;
    if (!histogram) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
      this.#histogram.enable();
      return undefined;
    }
    if (histogram.count === 0) return undefined;
    const late = (percentile: number): number =>
      Math.max(0, histogram.percentile(percentile) / NANOSECONDS - RESOLUTION / 1000);
    const delay = { p50: late(50), p99: late(99) };
    histogram.reset();
    return delay;
  }

  close(): void {
    this.#histogram?.disable();
  }
}
