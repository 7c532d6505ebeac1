import type { Kind, Track } from '../../media/frame.ts';
import { fromMs } from '../../media/time.ts';
import { Findings } from '../findings.ts';

/** Track ids of a publisher. */
export const trackId = { video: 1, audio: 2, data: 3, captions: 4 } as const;

/** Tracks of one kind in a stream. More is no programme that anybody plays. */
export const MAX_TRACKS = 16;

/** Ids of the further tracks of a multitrack publisher, whose own numbers go from 1 to 255. */
const FURTHER = { video: 0x100, audio: 0x200 } as const;

/** The id of a publisher's picture of this number; 0 is the one that has none. */
export function videoTrackId(number: number): number {
  return number === 0 ? trackId.video : FURTHER.video + number;
}

/** The same for sound. */
export function audioTrackId(number: number): number {
  return number === 0 ? trackId.audio : FURTHER.audio + number;
}

/** Gathers what tag bodies turn into. */
export class Found extends Findings {
  #leftOut = 0;
  #ms: () => number = () => 0;
  #dts: number | undefined;
  #nanos = 0;

  /** Frames that were lost: damaged, or of a codec that cannot be read. */
  get dropped(): number {
    return this.damaged + this.#leftOut;
  }

  /** A new body begins. `ms` gives its time, and is asked only if there is a frame in it. */
  begin(ms: () => number): void {
    this.#ms = ms;
    this.#dts = undefined;
    this.#nanos = 0;
  }

  /** What follows is so many nanoseconds later than its body says. */
  delay(nanos: number): void {
    this.#nanos = nanos;
  }

  /** `cts` in ms. */
  unit(track: Track, data: Uint8Array, cts = 0, key = true): void {
    const dts = this.#begins();
    this.frame({ track, dts, pts: dts + fromMs(cts), key, data });
  }

  /** Sound that begins so many µs after that of its body. */
  sound(track: Track, data: Uint8Array, later: number): void {
    const dts = this.#begins() + Math.round(later);
    this.frame({ track, dts, pts: dts, key: true, data });
  }

  /** A frame of a codec that cannot be read. */
  override leaveOut(kind: Kind, codec: string): void {
    this.#leftOut++;
    super.leaveOut(kind, codec);
  }

  #begins(): number {
    return (this.#dts ??= fromMs(this.#ms()) + Math.round(this.#nanos / 1000));
  }
}
