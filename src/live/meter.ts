import type { Frame, Kind } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** Numbers are means over about this long. */
const SPAN = 2 * SECOND;

/** What a stream is like right now; absent until it is known. Bit rates in bit/s, `gop` in seconds. */
export interface Rates {
  bitRate: number;
  videoBitRate: number;
  audioBitRate: number;
  frameRate?: number;
  gop?: number;
}

/** Measures a stream as it is written: a few additions per frame, none per viewer. */
export class Meter {
  /** Frames of each kind so far. */
  readonly counts: Record<Kind, number> = { video: 0, audio: 0, data: 0 };
  #since = -Infinity;
  #bytes = { video: 0, audio: 0, data: 0 };
  #frames = 0;
  #firstDts = 0;
  #lastDts = 0;
  #keyDts: number | undefined;
  #gop: number | undefined;
  #rates: Rates = { bitRate: 0, videoBitRate: 0, audioBitRate: 0 };

  /** `main`: of the track that is played, whose pictures count. `now`: monotonic µs. */
  add(frame: Frame, main: boolean, now: number): void {
    if (now - this.#since > SPAN) this.#roll(now);
    const { kind } = frame.track;
    this.#bytes[kind] += frame.data.length;
    this.counts[kind]++;
    if (kind !== 'video' || !main) return;
    if (this.#frames++ === 0) this.#firstDts = frame.dts;
    this.#lastDts = frame.dts;
    if (!frame.key) return;
    if (this.#keyDts !== undefined && frame.dts > this.#keyDts) this.#gop = (frame.dts - this.#keyDts) / SECOND;
    this.#keyDts = frame.dts;
  }

  /** The latest full span; bit rates are 0 when nothing came lately. */
  rates(now: number): Rates {
    if (now - this.#since > 2 * SPAN) return { bitRate: 0, videoBitRate: 0, audioBitRate: 0 };
    if (now - this.#since > SPAN) this.#roll(now);
    return { ...this.#rates, ...(this.#gop === undefined ? {} : { gop: this.#gop }) };
  }

  #roll(now: number): void {
    const elapsed = now - this.#since;
    if (elapsed < 2 * SPAN) {
      const perSecond = (bytes: number): number => Math.round((bytes * 8 * SECOND) / elapsed);
      const { video, audio, data } = this.#bytes;
      this.#rates = {
        bitRate: perSecond(video + audio + data),
        videoBitRate: perSecond(video),
        audioBitRate: perSecond(audio),
      };
      const span = this.#lastDts - this.#firstDts;
      if (this.#frames > 1 && span > 0) this.#rates.frameRate = ((this.#frames - 1) * SECOND) / span;
    }
    this.#since = now;
    this.#bytes = { video: 0, audio: 0, data: 0 };
    this.#frames = 0;
  }
}
