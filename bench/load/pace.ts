import { clock } from './stamp.ts';
import type { Clip, Tag } from './tag.ts';

/** Counts are compared halfway between two key frames, where a window begins or ends in small frames. */
const MARK_AT = 30;

export interface Due {
  tag: Tag;
  /** Its place in the clip. */
  index: number;
  /** ms since the start of the first loop. */
  time: number;
  /** Monotonic µs at which it was due. */
  at: number;
}

/** Frames and the bytes of their bodies. */
export interface Sent {
  bytes: number;
  frames: number;
}

/** Answer of a source to a mark. */
export interface PaceMark {
  /** Of each stream, what was due so far. */
  sent: Sent[];
  /** The longest time in ms that any frame was taken late, since the mark before. */
  late: number;
}

/** Plays a clip in a loop by the clock. */
export class Pace {
  /** What was due so far. */
  readonly #sent: Sent = { bytes: 0, frames: 0 };
  readonly #clip: Clip;
  readonly #start: number;
  #index = 0;
  #base = 0;
  #sinceKey = 0;
  #late = 0;
  #waiting: (() => void)[] = [];

  /** Begins in `delay` ms. */
  constructor(clip: Clip, delay = 0) {
    this.#clip = clip;
    this.#start = performance.now() + delay;
  }

  get sent(): Sent {
    return { ...this.#sent };
  }

  /** ms until the next frame is due. */
  get wait(): number {
    return this.#next - performance.now();
  }

  /** The next frame when it is due. */
  take(): Due | undefined {
    const late = -this.wait;
    if (late < 0) return undefined;
    if (late > this.#late) this.#late = late;
    const index = this.#index;
    const tag = this.#clip.frames[index]!;
    const due = { tag, index, time: this.#base + tag.time, at: clock() - Math.round(late * 1000) };
    this.#sent.bytes += tag.body.length;
    this.#sent.frames++;
    this.#count(tag);
    if (++this.#index === this.#clip.frames.length) {
      this.#index = 0;
      this.#base += this.#clip.duration;
    }
    return due;
  }

  /** Resolves at the next moment that is good for comparing counts. */
  quiet(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** How late a frame was taken at most since the last call. ms */
  takeLate(): number {
    const late = this.#late;
    this.#late = 0;
    return late;
  }

  get #next(): number {
    return this.#start + this.#base + this.#clip.frames[this.#index]!.time;
  }

  #count(tag: Tag): void {
    if (tag.type !== 'video') return;
    this.#sinceKey = tag.key ? 0 : this.#sinceKey + 1;
    if (this.#sinceKey === MARK_AT) for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
