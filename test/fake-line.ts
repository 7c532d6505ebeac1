import { ProtocolError, type RoomcastError } from '../src/errors.ts';
import type { Frame, Track } from '../src/media/frame.ts';
import type { RtmpEnd } from '../src/protocols/rtmp/client.ts';
import type { Line } from '../src/push/uplink.ts';

/** A connection to a server that publishes into a list. */
export class FakeLine implements Line {
  readonly announced: Track[] = [];
  readonly frames: Frame[] = [];
  readonly ready: Promise<void>;
  readonly ended: Promise<RtmpEnd>;
  queued = 0;
  left = false;
  destroyed = false;
  readonly #over = Promise.withResolvers<RtmpEnd>();
  #drains: (() => void)[] = [];

  /** `refusal`: what it says instead of yes. */
  constructor(refusal?: RoomcastError) {
    this.ready = refusal ? Promise.reject(refusal) : Promise.resolve();
    this.ready.catch(() => {});
    this.ended = this.#over.promise;
  }

  /** Decode times of what was sent, ms. */
  get times(): number[] {
    return this.frames.map(({ dts }) => dts / 1000);
  }

  get traffic(): { in: number; out: number } {
    return { in: 0, out: this.frames.reduce((sum, { data }) => sum + data.length, 0) };
  }

  announce(track: Track): void {
    this.announced.push(track);
  }

  write(frame: Frame): boolean {
    this.frames.push(frame);
    return this.queued === 0;
  }

  drained(): Promise<void> {
    if (this.queued === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drains.push(resolve));
  }

  async leave(): Promise<void> {
    this.left = true;
    this.end({ reason: 'left' });
  }

  destroy(): void {
    this.destroyed = true;
    this.lose(new ProtocolError('It was cut.', 'time-out'));
  }

  /** The network takes nothing for now; so many bytes wait. */
  full(queued: number): void {
    this.queued = queued;
  }

  /** It has taken all. */
  empty(): void {
    this.queued = 0;
    for (const resolve of this.#drains.splice(0)) resolve();
  }

  lose(error: RoomcastError): void {
    this.end({ reason: 'lost', error });
  }

  end(end: RtmpEnd): void {
    this.#over.resolve(end);
  }
}
