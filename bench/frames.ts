import { readFileSync } from 'node:fs';
import { FlvDemuxer } from '../src/containers/flv/index.ts';
import type { Frame, Track } from '../src/media/frame.ts';
import { MILLISECOND } from '../src/media/time.ts';
import { readClip } from './load/tag.ts';

/** One loop of a clip as the server has it once it was taken in. */
export interface ClipFrames {
  tracks: readonly Track[];
  /** In the order of the clip. */
  frames: readonly Frame[];
}

/** Picture and sound of a clip; what is shown after its last whole second is left out, as when it is published. */
export function clipFrames(clip: string): ClipFrames {
  const end = readClip(clip).duration * MILLISECOND;
  const frames = new FlvDemuxer()
    .push(readFileSync(clip))
    .flatMap((event) => (event.type === 'frame' ? [event.frame] : []))
    .filter(({ dts, track }) => dts < end && track.kind !== 'data');
  return { tracks: [...new Set(frames.map(({ track }) => track))], frames };
}
