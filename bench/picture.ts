import { loadProgram, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import { percentile } from './statistics.ts';
import type { StartSubject } from './subject.ts';

/** ms from connecting to the last byte of the first key frame. */
export interface PictureResult {
  p50: number;
  p95: number;
  joins: number[];
}

const JOINS = 40;
/** No divisor of the GOP's length: viewers come at every point of it. */
const EVERY_MS = 137;

export function firstPicture({ start, clip }: { start: StartSubject; clip: string }): Promise<PictureResult> {
  return scene({ start, clip, profile: undefined }, async (stage) => {
    await publish(stage, clip);
    const target = { protocol: 'http-flv', port: stage.subject.playPort('http-flv'), path: PATH, streams: 1 };
    const probe = stage.run(loadProgram('./load/probe.ts', target, { ahead: true }));
    await probe.answer();
    const joins: number[] = [];
    while (joins.length < JOINS) {
      joins.push(await probe.ask<number>({ ask: 'picture' }));
      await sleep(EVERY_MS);
    }
    return { p50: percentile(joins, 0.5), p95: percentile(joins, 0.95), joins };
  });
}
