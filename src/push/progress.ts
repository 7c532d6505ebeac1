import { SECOND } from '../media/time.ts';

/** How a push goes, once a second. */
export interface PushProgress {
  /** Seconds of the film so far, all turns of a loop together. */
  time: number;
  /** Length of the film, seconds; absent where it is not known or has no end. */
  duration?: number;
  /** Of real time, over the last seconds: 1 is what it should be. */
  speed: number;
  /** bit/s that the network took, over the last seconds. */
  bitRate: number;
  /** False while the connection is lost. */
  live: boolean;
  /** Frames that were handed to the network, and those that were lost while the connection was down or too slow. */
  frames: number;
  lost: number;
  /** Times that the connection came back. */
  reconnects: number;
}

/** Seconds that rates are means over. */
const WINDOW = 5;

interface Sample {
  now: number;
  time: number;
  bytes: number;
}

/** Speed and bit rate over the last seconds, from what is told once a second. */
export class Rates {
  readonly #samples: Sample[] = [];

  /** `now` and `time` in µs. */
  add(sample: Sample): { speed: number; bitRate: number } {
    this.#samples.push(sample);
    if (this.#samples.length > WINDOW + 1) this.#samples.shift();
    const first = this.#samples[0]!;
    const elapsed = sample.now - first.now;
    if (elapsed <= 0) return { speed: 0, bitRate: 0 };
    return {
      speed: (sample.time - first.time) / elapsed,
      bitRate: Math.round(((sample.bytes - first.bytes) * 8 * SECOND) / elapsed),
    };
  }
}
