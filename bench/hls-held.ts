import type { HlsHeldAnswers } from './load/hls-held.ts';
import { loadProgram, type Program, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';

export interface HlsHeldOptions {
  start: StartSubject;
  held: number;
  clip: string;
}

/** What requests cost that wait for a list. */
export interface HlsHeldResult {
  held: number;
  /** Resident memory in bytes: before, and with all of them waiting. */
  before: number;
  full: number;
  /** Bytes of each, with its connection. */
  perHeld: number;
  /** Answers with a list, and those without. */
  answered: number;
  refused: number;
  /** ms from the first answer to the last. */
  spread: number;
  /** ms from the close of as many others to the server having none of them. Undefined when that took too long, or was not tried. */
  releasedAfter: number | undefined;
}

const CONNECTS_PER_SECOND = 1500;
/** What connecting has left is collected; no list comes meanwhile. */
const SETTLE_MS = 2500;
const PATIENCE_MS = 10_000;
/** Requests that have been answered are gone when their connections are. */
const GONE_MS = 1500;

/** How much memory requests cost that wait, and how fast they are answered and let go. The segments are long for this. */
export function hlsHeld({ start, held, clip }: HlsHeldOptions): Promise<HlsHeldResult> {
  return scene({ start, clip, profile: undefined }, async (stage) => {
    const { subject, run } = stage;
    const isFloor = subject.publishPort === undefined;
    const { pid } = subject.program;
    if (!isFloor) await publish(stage, clip);
    const address = isFloor ? undefined : `/${PATH}/index.m3u8`;
    const port = subject.playPort('http-flv');
    const load = loadProgram('./load/hls-held.ts', { port, address, count: held, rate: CONNECTS_PER_SECOND });
    run(load);
    await load.answer();
    if (!isFloor) await warm(port, run);
    await sleep(SETTLE_MS);
    const before = usageOf(pid);
    await load.ask({ ask: 'hold' });
    await sleep(SETTLE_MS);
    const full = usageOf(pid).memory;
    if (isFloor) await subject.program.ask({ ask: 'answer' });
    const { answered, refused, spread } = await load.ask<HlsHeldAnswers>({ ask: 'answered' });
    await load.ask({ ask: 'leave' });
    await sleep(GONE_MS);
    const releasedAfter = isFloor ? undefined : await released(pid, load);
    const perHeld = (full - before.memory) / held;
    return { held, before: before.memory, full, perHeld, answered, refused, spread, releasedAfter };
  });
}

/** Has segments made, so that what they take is not counted. */
async function warm(port: number, run: (program: Program) => Program): Promise<void> {
  const options = { port, path: PATH, streams: 1, mode: 'low', count: 1, rate: 1 };
  const viewer = run(loadProgram('./load/hls-viewers.ts', options));
  await viewer.answer();
}

/** Has as many wait again, closes their connections, and follows the server until it has closed its ends. */
async function released(pid: number, load: Program): Promise<number | undefined> {
  const files = usageOf(pid).files;
  await load.ask({ ask: 'hold' });
  const start = performance.now();
  await load.ask({ ask: 'leave' });
  while (performance.now() - start < PATIENCE_MS) {
    await sleep(20);
    if (usageOf(pid).files <= files) return performance.now() - start;
  }
  return undefined;
}
