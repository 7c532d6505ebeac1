import type { EndReason, Frame, FrameSink, Track } from '../media/frame.ts';
import type { Scheduler } from './scheduler.ts';
import type { Session } from './session.ts';
import type { Stream } from './stream.ts';

/** What a publisher holds, or waits for: the slot of a path, as it knows it. */
export interface PublisherSlot {
  readonly stream: Stream;
  /** Whether this frame is the one with which the publisher starts to be heard. */
  takes(publisher: Publisher, frame: Frame): boolean;
  left(publisher: Publisher, reason: EndReason): void;
}

/** What a protocol writes into: one admitted publisher. It holds the slot, or waits for its first key frame to do so. */
export class Publisher implements FrameSink {
  readonly session: Session;
  /** Monotonic µs of the last sign of life. */
  heard: number;
  /** Monotonic µs of the first frame. */
  first: number | undefined;
  readonly #slot: PublisherSlot;
  readonly #scheduler: Scheduler;
  readonly #tracks = new Map<number, Track>();
  #state: 'waiting' | 'active' | 'over' = 'waiting';
  readonly #left: (reason: EndReason) => void;

  constructor(options: { session: Session; slot: PublisherSlot; scheduler: Scheduler; left(reason: EndReason): void }) {
    this.session = options.session;
    this.#slot = options.slot;
    this.#scheduler = options.scheduler;
    this.#left = options.left;
    this.heard = options.scheduler.now();
  }

  get path(): string {
    return this.session.path;
  }

  get priority(): number {
    return this.session.access.priority ?? 0;
  }

  /** True once a track of that kind was announced. */
  has(kind: Track['kind']): boolean {
    for (const track of this.#tracks.values()) if (track.kind === kind) return true;
    return false;
  }

  /** Tells of a track before its first frame, or of its new configuration. */
  announce(track: Track): void {
    this.#tracks.set(track.id, track);
    if (this.#state === 'active') this.#slot.stream.announce(track);
  }

  /** Tells of something that it sends and that cannot be carried. `codec`: for people. */
  leaveOut(kind: 'video' | 'audio', codec: string): void {
    if (this.#state !== 'over') this.#slot.stream.leaveOut(kind, codec);
  }

  write(frame: Frame): void {
    if (this.#state === 'over') return;
    this.heard = this.#scheduler.now();
    this.first ??= this.heard;
    if (this.#state === 'waiting') {
      if (this.#tracks.get(frame.track.id) !== frame.track) this.announce(frame.track);
      if (!this.#slot.takes(this, frame)) return;
      this.#state = 'active';
      this.#slot.stream.begin([...this.#tracks.values()]);
    }
    this.#slot.stream.write(frame);
  }

  /** Ends it from the peer's side: `ended` is a clean unpublish, all else starts the reconnect grace. */
  end(reason: 'ended' | 'lost' | 'error'): void {
    this.#leave(reason === 'error' ? 'lost' : reason);
  }

  /** Ends it from the server's side and tells the peer. */
  stop(reason: EndReason, error?: Parameters<Session['close']>[1]): void {
    this.#leave(reason);
    this.session.close(reason, error);
  }

  #leave(reason: EndReason): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#slot.left(this, reason);
    this.#left(reason);
  }
}
