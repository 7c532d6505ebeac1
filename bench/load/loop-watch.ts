/** Runs inside the server that is measured (`node --import`): says how late its event loop was, and how its collector stopped it. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { percentile } from '../statistics.ts';

/** Answer to a question, about the time since the one before. All in ms but counts. */
export interface LoopMark {
  /** How much later than it was to run something ran. */
  lag: { p50: number; p99: number; p999: number; max: number };
  /** Times in which the collector let nothing else run. */
  gc: { count: number; p999: number; max: number; sum: number };
  /** Datagrams of this network that nobody read in time. */
  dropped: number;
}

/** How finely lateness is seen. ms */
const RESOLUTION = 1;
const NS_PER_MS = 1e6;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();
let pauses: number[] = [];
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pauses.push(duration);
});
observer.observe({ entryTypes: ['gc'] });

process.on('message', () => process.send!(mark()));
// Whoever asks must not keep the server alive.
process.channel?.unref();

function mark(): LoopMark {
  const late = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION);
  const result = {
    lag: {
      p50: late(delay.percentile(50)),
      p99: late(delay.percentile(99)),
      p999: late(delay.percentile(99.9)),
      max: late(delay.max),
    },
    gc: {
      count: pauses.length,
      p999: pauses.length > 0 ? percentile(pauses, 0.999) : 0,
      max: Math.max(0, ...pauses),
      sum: pauses.reduce((sum, pause) => sum + pause, 0),
    },
    dropped: droppedDatagrams(),
  };
  delay.reset();
  pauses = [];
  return result;
}

/** The last column of /proc/net/udp, over all sockets. */
function droppedDatagrams(): number {
  const rows = ['udp', 'udp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').trim().split('\n').slice(1));
  return rows.reduce((sum, row) => sum + Number(row.trim().split(/\s+/).at(-1)), 0);
}
