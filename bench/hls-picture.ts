import type { HlsMode } from './load/hls-player.ts';
import type { HlsJoin } from './load/hls-joiner.ts';
import { loadProgram, sleep } from './program.ts';
import { PATH, publish, scene } from './scene.ts';
import { percentile } from './statistics.ts';
import type { StartSubject } from './subject.ts';

export interface HlsPictureOptions {
  start: StartSubject;
  mode: HlsMode;
  clip: string;
}

/** ms from connecting to the last byte of the part or segment with the first key frame. */
export interface HlsPictureResult {
  /** Of streams that somebody watches by HLS already. */
  p50: number;
  p95: number;
  joins: number[];
  /** Of streams that nobody watched by HLS before. */
  coldP50: number;
  coldP95: number;
  cold: number[];
  /** ms between the publication of that key frame and then: how far behind a player begins. Of all joins. */
  behindP50: number;
}

/** Each is watched by nobody before its first join; then a few joins each. */
const STREAMS = 20;
const JOINS = 40;
/** No divisor of the GOP's length: players come at every point of it. */
const EVERY_MS = 137;
/** Segments enough to begin at the usual place. */
const FILL_MS = 9000;

/** How long the first picture of HLS takes. */
export function hlsPicture({ start, mode, clip }: HlsPictureOptions): Promise<HlsPictureResult> {
  return scene({ start, clip, profile: undefined }, async (stage) => {
    await publish(stage, clip, STREAMS);
    const target = { port: stage.subject.playPort('http-flv'), path: PATH, streams: STREAMS, mode };
    const joiner = stage.run(loadProgram('./load/hls-joiner.ts', target, { ahead: true }));
    await joiner.answer();
    const behind: number[] = [];
    const series = async (count: number): Promise<number[]> => {
      const times: number[] = [];
      for (let index = 0; index < count; index++) {
        const join = await joiner.ask<HlsJoin>({ stream: index % STREAMS });
        times.push(join.took);
        if (join.behind !== undefined) behind.push(join.behind);
        await sleep(EVERY_MS);
      }
      return times;
    };
    const cold = await series(STREAMS);
    await sleep(FILL_MS);
    const joins = await series(JOINS);
    return {
      p50: percentile(joins, 0.5),
      p95: percentile(joins, 0.95),
      joins,
      coldP50: percentile(cold, 0.5),
      coldP95: percentile(cold, 0.95),
      cold,
      behindP50: percentile(behind, 0.5),
    };
  });
}
