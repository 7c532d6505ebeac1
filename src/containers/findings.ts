import { ProtocolError } from '../errors.ts';
import type { Frame, Kind, Track } from '../media/frame.ts';
import type { MediaEvent, Unsupported } from './demuxer.ts';

/** How many different codecs that cannot be read are remembered by name. */
const MAX_UNSUPPORTED = 16;

/** Gathers what a demuxer finds in its bytes. */
export class Findings {
  /** Codecs that came and cannot be read, each named once. */
  readonly unsupported: Unsupported[] = [];
  /** Frames that were lost: damaged, before their config, without their data. */
  damaged = 0;
  #events: MediaEvent[] = [];

  /** What was found since this was asked last. */
  take(): MediaEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  track(track: Track): void {
    this.#events.push({ type: 'track', track });
  }

  frame(frame: Frame): void {
    this.#events.push({ type: 'frame', frame });
  }

  drop(count = 1): void {
    this.damaged += count;
  }

  leaveOut(kind: Kind, codec: string): void {
    const known = this.unsupported.some((other) => other.kind === kind && other.codec === codec);
    if (this.unsupported.length < MAX_UNSUPPORTED && !known) this.unsupported.push({ kind, codec });
  }

  /** What `run` gives; undefined, and counted as damaged, where what it reads is malformed. Limits are not caught. */
  attempt<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code === 'limit-exceeded') throw error;
      this.drop();
      return undefined;
    }
  }
}
