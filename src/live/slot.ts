import { Denied } from '../errors.ts';
import type { EndReason, Frame } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import type { Publisher, PublisherSlot } from './publisher.ts';
import type { Scheduler } from './scheduler.ts';
import { type Stream, TRACKS_WAIT } from './stream.ts';

/** A publisher that sent nothing for this long is taken for dead when a newer one comes. */
export const SILENT: number = SECOND;
/** Two encoders with the same key that both send replace each other at most this often. */
export const TAKEOVER_EVERY: number = 10 * SECOND;

/** Who may write into a stream: one publisher at a time, and perhaps a newer one that waits for its key frame. */
export class Slot implements PublisherSlot {
  readonly stream: Stream;
  readonly #scheduler: Scheduler;
  #current: Publisher | undefined;
  #next: Publisher | undefined;
  #switched = -Infinity;

  constructor(stream: Stream, scheduler: Scheduler) {
    this.stream = stream;
    this.#scheduler = scheduler;
  }

  get publisher(): Publisher | undefined {
    return this.#current;
  }

  get free(): boolean {
    return !this.#current && !this.#next;
  }

  /** Throws `Denied` when the newcomer may neither take the slot nor replace who holds it. */
  check(newcomer: { keyId: string | undefined; priority: number }): void {
    const current = this.#current;
    if (!current || newcomer.priority > current.priority) return;
    if (newcomer.priority < current.priority || newcomer.keyId !== current.session.grant.keyId) {
      throw new Denied('already-publishing');
    }
    if (this.#silent(current)) return;
    if (this.#next || this.#scheduler.now() - this.#switched < TAKEOVER_EVERY) throw new Denied('too-soon');
  }

  /** Gives the slot to the newcomer, at once or at its first key frame. Call `check` first. */
  admit(publisher: Publisher): void {
    const current = this.#current;
    if (!current) {
      this.#current = publisher;
      this.stream.expect();
      return;
    }
    this.#next?.stop('replaced');
    if (this.#silent(current)) this.#replace(publisher);
    else this.#next = publisher;
  }

  /** Whether this frame is the one with which the publisher starts to be heard. */
  takes(publisher: Publisher, frame: Frame): boolean {
    if (frame.track.kind === 'data') return false;
    const picture = frame.track.kind === 'video' || publisher.has('video');
    const first = frame.track.kind === 'video' ? frame.key : !picture;
    if (publisher === this.#current) return first || frame.track.kind === 'audio';
    if (publisher !== this.#next) return false;
    const soundAlone = this.#scheduler.now() - publisher.first! >= TRACKS_WAIT;
    if (!first || (!picture && !soundAlone)) return false;
    const sends = !this.#silent(this.#current!) && publisher.priority === this.#current!.priority;
    if (sends) this.#switched = this.#scheduler.now();
    this.#replace(publisher);
    return true;
  }

  left(publisher: Publisher, reason: EndReason): void {
    if (publisher === this.#next) {
      this.#next = undefined;
      return;
    }
    if (publisher !== this.#current) return;
    const next = this.#next;
    this.#current = next;
    this.#next = undefined;
    // A newcomer that waits goes on with the broadcast, unless the owner ended it; then it is no better than its twin.
    const goesOn = next && (reason === 'ended' || reason === 'lost' || reason === 'replaced');
    if (goesOn) return;
    if (next?.session.grant.keyId === publisher.session.grant.keyId) next?.stop(reason);
    this.stream.finish(reason);
  }

  /** Ends whoever publishes, and the broadcast with them. */
  stop(reason: EndReason): void {
    this.#next?.stop(reason);
    this.#current?.stop(reason);
    this.stream.finish(reason);
  }

  #replace(publisher: Publisher): void {
    const old = this.#current!;
    this.#current = publisher;
    this.#next = undefined;
    old.stop('replaced');
  }

  #silent(publisher: Publisher): boolean {
    return this.#scheduler.now() - publisher.heard >= SILENT;
  }
}
