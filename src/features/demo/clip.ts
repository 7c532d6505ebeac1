import { FlvDemuxer } from '../../containers/flv/flv-demuxer.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { MILLISECOND } from '../../media/time.ts';

/** A short clip in memory that can be played over and over. */
export interface Clip {
  readonly tracks: readonly Track[];
  /** In the order of their decode times, which start at 0. */
  readonly frames: readonly Frame[];
  /** µs after which the first frame follows the last, on all tracks alike. */
  readonly duration: number;
}

/** Reads a clip from FLV. Throws `ProtocolError` for what is not one. */
export function readClip(bytes: Uint8Array): Clip {
  const tracks = new Set<Track>();
  const frames: Frame[] = [];
  for (const event of new FlvDemuxer().push(bytes)) {
    if (event.type === 'frame' && event.frame.track.kind !== 'data') frames.push(event.frame);
    if (event.type === 'track' && event.track.kind !== 'data') tracks.add(event.track);
  }
  frames.sort((a, b) => a.dts - b.dts);
  return { tracks: [...tracks], frames, duration: durationOf(frames) };
}

/** The longest track with the length of its last frame, which FLV does not tell: that of the others on average. */
function durationOf(frames: readonly Frame[]): number {
  const lengths = [...Map.groupBy(frames, (frame) => frame.track.id).values()].map((own) => {
    const last = own.at(-1)!.dts;
    return own.length > 1 ? last + (last - own[0]!.dts) / (own.length - 1) : last;
  });
  return Math.round(Math.max(0, ...lengths) / MILLISECOND) * MILLISECOND;
}
