import type { Protocol } from './load/request.ts';
import type { HlsMode } from './load/hls-player.ts';
import { loadProgram, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import type { StartSubject } from './subject.ts';
import { usageOf } from './usage.ts';

export interface OutputsOptions {
  start: StartSubject;
  clip: string;
}

/** What streams cost whose every output is watched, by one viewer each. Bytes of resident memory for one stream. */
export interface OutputsResult {
  streams: number;
  /** The server with nobody, in all. */
  idle: number;
  /** Published and watched by nobody: its GOP, and the connection. */
  published: number;
  /** What each output adds to those before it, with its viewer and, of HLS, a full window. */
  added: Record<string, number>;
  /** All together. */
  perStream: number;
}

const STREAMS = 10;
const IDLE_MS = 1500;
/** Rings are as full as they get, what was left over is collected. */
const SETTLE_MS = 6000;
/** Twelve segments of two seconds are listed, and those that left the list are kept for as long as one that has it may ask. */
const WINDOW_MS = 50_000;

const live: readonly Protocol[] = ['http-flv', 'rtmp', 'http-ts', 'http-mp4'];
const segmented: readonly HlsMode[] = ['low', 'ts'];

/** Adds one output after another to a few streams. */
export function outputs({ start, clip }: OutputsOptions): Promise<OutputsResult> {
  return scene({ start, clip, profile: undefined }, async (stage) => {
    const { subject, run } = stage;
    const memory = (): number => usageOf(subject.program.pid).memory;
    await sleep(IDLE_MS);
    const idle = memory();
    await publish(stage, clip, STREAMS);
    await sleep(SETTLE_MS);
    let last = memory();
    const published = (last - idle) / STREAMS;
    const added: Record<string, number> = {};
    const add = async (name: string, program: string, options: object, wait: number): Promise<void> => {
      const target = { path: PATH, streams: STREAMS, count: STREAMS, rate: 50, ...options };
      await run(loadProgram(program, target)).answer();
      await sleep(wait);
      const now = memory();
      added[name] = (now - last) / STREAMS;
      last = now;
    };
    for (const protocol of live) {
      const port = subject.playPort(protocol);
      await add(protocol, './load/viewers.ts', { port, protocol }, SETTLE_MS);
    }
    for (const mode of segmented) {
      const port = subject.playPort('http-flv');
      await add(`hls-${mode}`, './load/hls-viewers.ts', { port, mode }, WINDOW_MS);
    }
    return { streams: STREAMS, idle, published, added, perStream: (last - idle) / STREAMS };
  });
}
