import { ProtocolError } from '../../errors.ts';
import type { Kind, Track } from '../../media/frame.ts';
import { fromMs } from '../../media/time.ts';
import type { MediaEvent, Unsupported } from '../demuxer.ts';

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

/** How many different codecs that cannot be read are remembered by name. */
const MAX_UNSUPPORTED = 16;

/** Gathers what tag bodies turn into. */
export class Found {
  readonly unsupported: Unsupported[] = [];
  /** Frames that were lost, and of these the ones that were damaged or came before their config. */
  dropped = 0;
  damaged = 0;
  #events: MediaEvent[] = [];
  #ms: () => number = () => 0;
  #dts: number | undefined;
  #nanos = 0;

  /** A new body begins. `ms` gives its time, and is asked only if there is a frame in it. */
  begin(ms: () => number): void {
    this.#events = [];
    this.#ms = ms;
    this.#dts = undefined;
    this.#nanos = 0;
  }

  /** What follows is so many nanoseconds later than its body says. */
  delay(nanos: number): void {
    this.#nanos = nanos;
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
    const dts = this.#begins();
    this.#events.push({ type: 'frame', frame: { track, dts, pts: dts + fromMs(cts), key, data } });
  }

  /** Sound that begins so many µs after that of its body. */
  sound(track: Track, data: Uint8Array, later: number): void {
    const dts = this.#begins() + Math.round(later);
    this.#events.push({ type: 'frame', frame: { track, dts, pts: dts, key: true, data } });
  }

  /** What `run` gives; undefined, and counted as a lost frame, where what it reads is malformed. Limits are not caught. */
  attempt<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code === 'limit-exceeded') throw error;
      this.drop();
      return undefined;
    }
  }

  /** A frame that cannot be used: it came before its config, or is damaged. */
  drop(): void {
    this.dropped++;
    this.damaged++;
  }

  /** A frame of a codec that cannot be read. */
  leaveOut(kind: Kind, codec: string): void {
    this.dropped++;
    const known = this.unsupported.some((other) => other.kind === kind && other.codec === codec);
    if (this.unsupported.length < MAX_UNSUPPORTED && !known) this.unsupported.push({ kind, codec });
  }

  #begins(): number {
    return (this.#dts ??= fromMs(this.#ms()) + Math.round(this.#nanos / 1000));
  }
}
