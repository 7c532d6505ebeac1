// Runs inside a server that is watched (`node --import`): on SIGUSR2 it collects garbage and says how the process is.
// It takes signals and no socket, so that it is not seen in what it counts.
import { writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

let count = 0;
let unhandled = 0;
const warnings: string[] = [];
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on('uncaughtExceptionMonitor', () => unhandled++);
process.on('unhandledRejection', () => unhandled++);
process.on('warning', ({ name }) => warnings.push(name));
// A fault of the server itself, which no peer can cause.
process.on('SIGWINCH', () => queueMicrotask(() => thrown()));
process.on('SIGCONT', () => void Promise.reject(new Error('rejected by a test')));
process.on('SIGUSR2', () => {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1;
  const health = { heap: heapUsed, external, rss, handles, unhandled, warnings, loopDelayMs: delay.max / 1e6 };
  delay.reset();
  writeSync(2, `\nprobe ${++count} ${JSON.stringify(health)}\n`);
});

function thrown(): never {
  throw new Error('thrown by a test');
}
