import { Timeline } from '../../src/live/timeline.ts';
import type { Frame } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';

/** G7: how far apart a frame’s two times may be. µs */
export const MAX_COMPOSITION: number = 10 * SECOND;

/** G7: what becomes of a publisher’s frames on a server, where a stream’s timeline puts their times in order. */
export function checkOnAir(frames: readonly Frame[]): void {
  const timeline = new Timeline({ base: 0, now: 0 });
  const last = new Map<number, number>();
  let now = 0;
  for (const frame of frames) {
    now = Math.max(now, frame.dts);
    const { track, dts, pts } = timeline.map(frame, frame.track, now);
    if (dts < (last.get(track.id) ?? 0)) throw new Error(`A stream steps back from ${last.get(track.id)} to ${dts}.`);
    if (Math.abs(pts - dts) > MAX_COMPOSITION) throw new Error(`A stream decodes at ${dts} and shows at ${pts}.`);
    last.set(track.id, dts);
  }
}
