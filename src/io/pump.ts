import type { Cursor } from '../live/cursor.ts';
import type { Scheduler } from '../live/scheduler.ts';
import type { EndReason } from '../media/frame.ts';
import { MILLISECOND } from '../media/time.ts';
import type { Intake } from './outlet.ts';

/** Written at once before the outlet must say that it took them; small enough that progress shows on a slow line. */
const BATCH_BYTES = 256 * 1024;
/** A viewer that takes nothing for this long while bytes are queued is closed. ms */
const STALL_MS = 10_000;
/** Whether bytes still move is looked at this many times in the stall time, so that it is exceeded by little. */
const LOOKS = 4;
/** One that is slower than a batch in so many stall times gets no film out of it, whatever it sends meanwhile. */
const HOPELESS = 6;

export interface PumpOptions {
  outlet: Intake;
  scheduler: Scheduler;
  /** Takes a place in the feed; called once. */
  join(ready: () => void): Cursor;
  /** What is written for each buffer, where the protocol has a framing of its own. */
  wrap?(bytes: Uint8Array): Uint8Array;
  /** Everything was written and the feed has ended. */
  finish(reason: EndReason): void;
  /** Nothing moved for the stall time. */
  stalled(): void;
  stallMs?: number;
}

/**
 * Writes a cursor's shared buffers to an outlet, one gather write at a time. While that has not taken the last one, the
 * viewer's bytes wait in the feed and not in the process.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #cursor: Cursor;
  /** The outlet will say when all was taken. */
  #busy = false;
  /** More waits than one batch. */
  #turn: NodeJS.Immediate | undefined;
  #stopped = false;
  /** Monotonic µs of the last look at which nothing had moved, and since when that is so. */
  #quiet = { at: -Infinity, since: 0 };
  #cancel: (() => void) | undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    options.outlet.open({ taken: this.#taken, still: this.#still, lookMs: this.#stallMs / LOOKS });
    this.#cursor = options.join(this.#ready);
    if (options.outlet.busy) this.#wait();
    this.#ready();
  }

  /** Stops writing and gives the place up. The outlet stays open. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancel?.();
    clearImmediate(this.#turn);
    this.#options.outlet.release();
    this.#cursor.leave();
  }

  readonly #ready = (): void => {
    if (!this.#cursor || this.#busy || this.#turn || this.#stopped) return;
    const buffers = this.#cursor.take(BATCH_BYTES);
    if (buffers.length > 0) this.#send(buffers);
    if (this.#busy || this.#stopped) return;
    // A viewer with much to catch up on takes its turns, so that those who are live do not wait for it.
    if (this.#cursor.queued > 0) this.#turn = setImmediate(this.#nextTurn);
    else this.#finish();
  };

  readonly #nextTurn = (): void => {
    this.#turn = undefined;
    this.#ready();
  };

  #finish(): void {
    const reason = this.#cursor.ended;
    if (reason === undefined) return;
    this.stop();
    this.#options.finish(reason);
  }

  #send(buffers: readonly Uint8Array[]): void {
    const { outlet, wrap } = this.#options;
    if (!outlet.write(buffers, wrap)) this.#wait();
  }

  #wait(): void {
    const { scheduler, stalled } = this.#options;
    this.#busy = true;
    // What a peer sends counts as activity for Node's timer, so that one alone could be held off for ever.
    this.#cancel = scheduler.after(HOPELESS * this.#stallMs * MILLISECOND, stalled);
  }

  readonly #taken = (error?: Error | null): void => {
    this.#busy = false;
    this.#cancel?.();
    this.#cancel = undefined;
    if (!error) this.#ready();
  };

  readonly #still = (): void => {
    const now = this.#options.scheduler.now();
    const look = (this.#stallMs / LOOKS) * MILLISECOND;
    if (now - this.#quiet.at > 1.5 * look) this.#quiet.since = now - look;
    this.#quiet.at = now;
    if (now - this.#quiet.since >= (LOOKS - 0.5) * look) this.#options.stalled();
  };

  get #stallMs(): number {
    return this.#options.stallMs ?? STALL_MS;
  }
}
