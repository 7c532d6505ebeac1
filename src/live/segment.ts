import { isoTime } from './wall-time.ts';

/** What has to be read before segments: codec configs. Another configuration has another number. */
export interface Init {
  readonly number: number;
  /** Undefined where the container needs none. */
  readonly bytes: Uint8Array | undefined;
}

/** A piece of a segment that is there before the segment is. */
export interface Part {
  /** µs */
  readonly duration: number;
  readonly bytes: Uint8Array;
  /** Decoding can start where it starts. */
  readonly independent: boolean;
}

/** Some seconds of one rendition. Complete ones never change. */
export class Segment {
  /** Its number within the rendition, from 1; the same time has the same number in all renditions of a stream. */
  readonly sequence: number;
  /** Stream time of its start, in µs. */
  readonly start: number;
  /** Wall time of its start, in ms. */
  readonly wall: number;
  /** µs that its written times are behind those of the stream: a container's clock may have had to start anew. */
  readonly shift: number;
  readonly init: Init;
  /** It does not continue the one before. */
  readonly discontinuity: boolean;
  /** Discontinuities of the rendition so far, its own included. */
  readonly era: number;
  /** Decoding can start where it starts. */
  independent = false;
  complete = false;
  /** µs, of the parts so far. */
  duration = 0;
  /** Bytes of the parts so far. */
  size = 0;
  readonly parts: Part[] = [];

  constructor(options: Pick<Segment, 'sequence' | 'start' | 'wall' | 'shift' | 'init' | 'discontinuity' | 'era'>) {
    this.sequence = options.sequence;
    this.start = options.start;
    this.wall = options.wall;
    this.shift = options.shift;
    this.init = options.init;
    this.discontinuity = options.discontinuity;
    this.era = options.era;
  }

  /** Wall time of its start, ISO 8601 in UTC. */
  get date(): string {
    return isoTime(this.wall);
  }

  /** True where there is no media in it. */
  get gap(): boolean {
    return this.complete && this.size === 0;
  }

  add(part: Part): void {
    this.parts.push(part);
    this.duration += part.duration;
    this.size += part.bytes.length;
  }
}
