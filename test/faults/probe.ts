// Runs inside a server that is watched (`node --import`): on SIGUSR2 it collects garbage and says how the process is.
// It takes signals and no socket, so that it is not seen in what it counts.
import { writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { Events } from '../../src/live/events.ts';

/** Timers that are set: those that keep no process alive are listed nowhere. */
const timers = new Set<unknown>();
const { setTimeout: later, setInterval: often, clearTimeout: notLater, clearInterval: notOften } = globalThis;
const wrapped = {
  setTimeout: Object.assign((run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const timer = later(() => {
      timers.delete(timer);
      run(...args);
    }, ms);
    timers.add(timer);
    return timer;
  }, later),
  setInterval: Object.assign((run: () => void, ms?: number) => {
    const timer = often(run, ms);
    timers.add(timer);
    return timer;
  }, often),
  clearTimeout: (timer: NodeJS.Timeout) => (timers.delete(timer), notLater(timer)),
  clearInterval: (timer: NodeJS.Timeout) => (timers.delete(timer), notOften(timer)),
};
Object.assign(globalThis, wrapped);

/** Spaces of the heap that hold code: it grows for as long as the server learns which parts of it run often. */
const CODE = /code|trusted/;

/** Of the server's own events. */
let listeners = 0;
const { on } = Events.prototype;
Events.prototype.on = function (this: Events<object>, ...args) {
  const stop = on.apply(this, args);
  listeners++;
  let stopped = false;
  return () => {
    if (!stopped) listeners--;
    stopped = true;
    return stop();
  };
};

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
  const { external, rss } = process.memoryUsage();
  const heap = getHeapSpaceStatistics().reduce(
    (sum, { space_name: name, space_used_size: size }) => (CODE.test(name) ? sum : sum + size),
    0,
  );
  const handles: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1;
  const alive = { timers: timers.size, listeners };
  const health = { heap, external, rss, handles, alive, unhandled, warnings, loopDelayMs: delay.max / 1e6 };
  delay.reset();
  writeSync(2, `\nprobe ${++count} ${JSON.stringify(health)}\n`);
});

function thrown(): never {
  throw new Error('thrown by a test');
}
