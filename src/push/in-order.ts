import type { Frame } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** By so much a track may lag behind another in the file; most have bundles of half a second. */
const WINDOW = 2 * SECOND;
/** What is held for it at most: that of a window with many tracks, or in a very high quality. */
const MAX_FRAMES = 2000;
const MAX_BYTES = 64 * 2 ** 20;

/** Puts frames that come a little out of order into that of their decode times. Those of one track keep theirs. */
export async function* inOrder(frames: AsyncIterable<Frame>): AsyncGenerator<Frame, void> {
  const held: Frame[] = [];
  let latest = -Infinity;
  let bytes = 0;
  for await (const frame of frames) {
    const { dts, track } = frame;
    const before = held.findLastIndex((other) => other.dts <= dts || other.track.id === track.id);
    held.splice(before + 1, 0, frame);
    latest = Math.max(latest, dts);
    bytes += frame.data.length;
    while (held.length > MAX_FRAMES || bytes > MAX_BYTES || (held.length > 0 && latest - held[0]!.dts > WINDOW)) {
      const first = held.shift()!;
      bytes -= first.data.length;
      yield first;
    }
  }
  yield* held;
}
