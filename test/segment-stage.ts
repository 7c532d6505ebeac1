import type { SegmentMuxer } from '../src/containers/segment-muxer.ts';
import type { Segment } from '../src/live/segment.ts';
import { Segments, type SegmentsOptions } from '../src/live/segments.ts';
import type { Frame, Track } from '../src/media/frame.ts';
import { MILLISECOND, SECOND } from '../src/media/time.ts';
import { VIRTUAL_START, VirtualScheduler } from './virtual-scheduler.ts';
import { textOf, WordSegmentMuxer } from './word-segment-muxer.ts';

/** Segments in virtual time, of frames that a test writes. */
export class SegmentStage {
  readonly scheduler: VirtualScheduler = new VirtualScheduler(0);
  readonly segments: Segments;
  /** Tracks that were left out, and why: `1 key-frames`. */
  readonly leftOut: string[] = [];

  constructor(options: Partial<Omit<SegmentsOptions, 'muxer'>> & { muxer?: SegmentMuxer } = {}) {
    this.segments = new Segments({
      scheduler: this.scheduler,
      segment: 2 * SECOND,
      part: 400 * MILLISECOND,
      window: 6,
      bytes: 1_000_000,
      wallTime: (media) => VIRTUAL_START + media / MILLISECOND,
      leftOut: ({ id }, why) => this.leftOut.push(`${id} ${why}`),
      progress: () => {},
      ...options,
      muxer: () => options.muxer ?? new WordSegmentMuxer(),
    });
  }

  /** Writes frames, each at its time. */
  write(frames: readonly Frame[]): void {
    for (const frame of frames) {
      this.scheduler.advanceTo(Math.max(this.scheduler.now(), frame.dts));
      this.segments.write(frame, false);
    }
  }

  update(...tracks: Track[]): void {
    this.segments.update(tracks);
  }

  /** What is listed of a rendition, a line for each segment: `1 0-2000 K`, with `D` behind a discontinuity. */
  list(id = 'main'): string[] {
    return (this.segments.rendition(id)?.window.listed ?? []).map(lineOf);
  }

  /** What is in the parts of a segment. */
  parts(sequence: number, id = 'main'): string[] {
    return this.segments
      .rendition(id)!
      .window.find(sequence)!
      .parts.map(({ bytes }) => textOf(bytes));
  }

  /** How long they are, in ms. */
  durations(sequence: number, id = 'main'): number[] {
    return this.segments
      .rendition(id)!
      .window.find(sequence)!
      .parts.map(({ duration }) => duration / MILLISECOND);
  }
}

function lineOf({ sequence, start, duration, independent, discontinuity, gap }: Segment): string {
  const end = start + duration;
  const about = [independent && !gap && 'K', discontinuity && 'D', gap && 'gap'].filter(Boolean).join('');
  return `${sequence} ${start / MILLISECOND}-${end / MILLISECOND} ${about}`.trim();
}
