import { Mp4Muxer } from '../src/containers/mp4/index.ts';
import type { Muxer } from '../src/containers/muxer.ts';
import { TsMuxer } from '../src/containers/ts/index.ts';
import { clipFrames } from './frames.ts';
import type { Container } from './load/request.ts';
import { readClip } from './load/tag.ts';

const muxers: Record<Exclude<Container, 'flv'>, () => Muxer> = {
  ts: () => new TsMuxer(),
  mp4: () => new Mp4Muxer(),
};

/** How many bytes a clip has in a container, as a multiple of those that it has in FLV. */
export function growthOf(clip: string, container: Container): number {
  if (container === 'flv') return 1;
  const muxer = muxers[container]();
  const bytes = clipFrames(clip).frames.reduce((sum, frame) => sum + muxer.mux(frame).length, 0);
  return bytes / readClip(clip).bytes;
}
