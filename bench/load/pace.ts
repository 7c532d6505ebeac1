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

/** Plays a clip in a loop by the clock. */
export class Pace {
  /** What was due so far. */
  readonly #sent: Sent = { bytes: 0, frames: 0 };
  readonly #clip: Clip;
  readonly #start = performance.now();
  #index = 0;
  #base = 0;
  #sinceKey = 0;
  #marks: (() => void)[] = [];

  constructor(clip: Clip) {
    this.#clip = clip;
  }

  /** ms until the next frame is due. */
  get wait(): number {
    return this.#next - performance.now();
  }

  /** The next frame when it is due. */
  take(): Due | undefined {
    const late = -this.wait;
    if (late < 0) return undefined;
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

  /** Resolves with what was due so far, at the next moment that is good for comparing. */
  async mark(): Promise<Sent> {
    await new Promise<void>((resolve) => this.#marks.push(resolve));
    return { ...this.#sent };
  }

  get #next(): number {
    return this.#start + this.#base + this.#clip.frames[this.#index]!.time;
  }

  #count(tag: Tag): void {
    if (tag.type !== 'video') return;
    this.#sinceKey = tag.key ? 0 : this.#sinceKey + 1;
    if (this.#sinceKey === MARK_AT) for (const resolve of this.#marks.splice(0)) resolve();
  }
}
