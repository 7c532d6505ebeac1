import type { Frame } from '../media/frame.ts';
import { MILLISECOND } from '../media/time.ts';

/** Files hold sound and picture in bundles; those that were made for playing have shorter ones than this. */
const WINDOW = 500 * MILLISECOND;

/** Puts frames that come a little out of order into that of their decode times. Those of one track keep theirs. */
export async function* inOrder(frames: AsyncIterable<Frame>): AsyncGenerator<Frame, void> {
  const held: Frame[] = [];
  for await (const frame of frames) {
    held.splice(held.findLastIndex(({ dts }) => dts <= frame.dts) + 1, 0, frame);
    while (held.at(-1)!.dts - held[0]!.dts > WINDOW) yield held.shift()!;
  }
  yield* held;
}
