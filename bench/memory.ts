import { usageOf } from './usage.ts';
import { loadProgram, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import type { StartSubject } from './subject.ts';

export interface MemoryOptions {
  start: StartSubject;
  viewers: number;
  clip: string;
}

/** Bytes of resident memory. */
export interface MemoryResult {
  /** With nobody. */
  idle: number;
  /** With a publisher. */
  published: number;
  /** With a publisher and all viewers. */
  full: number;
  perViewer: number;
  /** The most that a viewer costs that never reads. */
  perStalled: number;
  stalled: number;
  /** Seconds until all stalled viewers were closed; undefined when that took too long. */
  closedAfter: number | undefined;
}

/** Viewers that never read. */
const STALLED = 100;
const IDLE_MS = 1500;
const SETTLE_MS = 5000;
/** How long stalled viewers are given to be closed. */
const PATIENCE_MS = 40_000;

/** How much memory viewers cost a server: those that read, and those that do not. */
export function memory({ start, viewers, clip }: MemoryOptions): Promise<MemoryResult> {
  return scene({ start, clip, profile: undefined }, async (stage) => {
    const { pid } = stage.subject.program;
    const target = { protocol: 'http-flv', port: stage.subject.playPort('http-flv'), path: PATH, streams: 1 };
    await sleep(IDLE_MS);
    const idle = usageOf(pid).memory;
    await publish(stage, clip);
    const published = usageOf(pid).memory;
    const healthy = stage.run(loadProgram('./load/viewers.ts', { ...target, count: viewers, rate: 500 }));
    await healthy.answer();
    await sleep(SETTLE_MS);
    const before = usageOf(pid);
    stage.run(loadProgram('./load/viewers.ts', { ...target, count: STALLED, rate: 500, stalled: true }));
    const { peak, closedAfter } = await watchStalled(pid, before.files);
    return {
      idle,
      published,
      full: before.memory,
      perViewer: (before.memory - published) / viewers,
      perStalled: Math.max(0, peak - before.memory) / STALLED,
      stalled: STALLED,
      closedAfter,
    };
  });
}

/** Follows the server until it has no more open sockets than before the stalled viewers came. */
async function watchStalled(pid: number, files: number): Promise<{ peak: number; closedAfter: number | undefined }> {
  const start = performance.now();
  let peak = 0;
  let came = false;
  while (performance.now() - start < PATIENCE_MS) {
    await sleep(250);
    const usage = usageOf(pid);
    peak = Math.max(peak, usage.memory);
    came ||= usage.files >= files + STALLED;
    if (came && usage.files <= files) return { peak, closedAfter: (performance.now() - start) / 1000 };
  }
  return { peak, closedAfter: undefined };
}
