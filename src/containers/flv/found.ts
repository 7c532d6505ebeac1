import type { Track } from '../../media/frame.ts';
import { fromMs } from '../../media/time.ts';
import type { MediaEvent } from '../demuxer.ts';

/** Track ids of a publisher. */
export const trackId = { video: 1, audio: 2, data: 3, captions: 4 } as const;

/** How many different codecs that cannot be read are remembered by name. */
const MAX_UNSUPPORTED = 16;

/** Gathers what tag bodies turn into. */
export class Found {
  readonly unsupported: string[] = [];
  dropped = 0;
  #events: MediaEvent[] = [];
  #ms: () => number = () => 0;
  #dts: number | undefined;

  /** A new body begins. `ms` gives its time, and is asked only if there is a frame in it. */
  begin(ms: () => number): void {
    this.#events = [];
    this.#ms = ms;
    this.#dts = undefined;
  }

  /** What was found since. */
  take(): MediaEvent[] {
    return this.#events;
  }

  track(track: Track): void {
    this.#events.push({ type: 'track', track });
  }

  /** `cts` in ms. */
  frame(track: Track, data: Uint8Array, cts = 0, key = true): void {
    const dts = (this.#dts ??= fromMs(this.#ms()));
    this.#events.push({ type: 'frame', frame: { track, dts, pts: dts + fromMs(cts), key, data } });
  }

  /** A frame that cannot be used: it came before its config, or is damaged. */
  drop(): void {
    this.dropped++;
  }

  /** A frame of a codec that cannot be read. */
  leaveOut(codec: string): void {
    this.dropped++;
    if (this.unsupported.length < MAX_UNSUPPORTED && !this.unsupported.includes(codec)) this.unsupported.push(codec);
  }
}
