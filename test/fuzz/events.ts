import type { Demuxer, MediaEvent } from '../../src/containers/demuxer.ts';
import { unlessBroken } from '../../src/media/codec/unless-broken.ts';

/** Times that are none, and frames without anything in them, throw. */
export function checkEvent(event: MediaEvent): void {
  if (event.type !== 'frame') return;
  const { dts, pts, data } = event.frame;
  if (!Number.isSafeInteger(dts) || !Number.isSafeInteger(pts))
    throw new Error(`A frame has the times ${dts}, ${pts}.`);
  if (data.length === 0) throw new Error('A frame is empty.');
}

/** G6: what a demuxer finds; after an error nothing may come any more, whatever of `good` it is given. */
export function readOnce(demuxer: Demuxer, bytes: Uint8Array, good: readonly Uint8Array[]): MediaEvent[] {
  const events = unlessBroken(() => demuxer.push(bytes));
  if (events) return events;
  for (const more of good) {
    if (unlessBroken(() => demuxer.push(more))?.length) throw new Error('The demuxer goes on after an error.');
  }
  return [];
}
