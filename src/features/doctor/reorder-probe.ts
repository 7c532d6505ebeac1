import type { Frame } from '../../media/frame.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** Fewer pictures tell nothing. */
const FEWEST = 25;

/** In which order pictures are sent and shown. */
export class ReorderProbe {
  #pictures = 0;
  /** The latest time of showing so far, and how many pictures came after that one and are shown before it. */
  #latest = -Infinity;
  #run = 0;
  #longest = 0;
  /** Decode time of the last picture that is shown before an earlier one, and of the last picture. */
  #lastSeen = -Infinity;
  #last = 0;
  #leastComposition = Infinity;
  #keyComposition = -Infinity;

  /** Of the main video track. */
  see({ dts, pts, key }: Frame): void {
    this.#pictures++;
    this.#last = dts;
    const composition = pts - dts;
    if (composition < this.#leastComposition) this.#leastComposition = composition;
    if (key && composition > this.#keyComposition) this.#keyComposition = composition;
    if (pts >= this.#latest) {
      this.#latest = pts;
      this.#run = 0;
      return;
    }
    this.#lastSeen = dts;
    if (++this.#run > this.#longest) this.#longest = this.#run;
  }

  /** The clock jumped, or is another. */
  reset(): void {
    this.#pictures = this.#run = this.#longest = 0;
    this.#latest = this.#lastSeen = this.#keyComposition = -Infinity;
    this.#leastComposition = Infinity;
  }

  /** Verdict on `b-frames`. */
  verdict(): Verdict {
    if (this.#pictures < FEWEST) return undefined;
    if (this.#last - this.#lastSeen > thresholds['b-frames'].limits.goes.value * SECOND) return 'well';
    const delay = Math.max(0, this.#keyComposition - this.#leastComposition);
    return { frames: this.#longest, delay: Math.round(delay / MILLISECOND) };
  }
}
