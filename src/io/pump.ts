import type { Socket } from 'node:net';
import type { Cursor } from '../live/cursor.ts';
import type { Scheduler } from '../live/scheduler.ts';
import type { EndReason } from '../media/frame.ts';
import { MILLISECOND } from '../media/time.ts';

/** Written at once before the socket must say that it took them; small enough that progress shows on a slow line. */
const BATCH_BYTES = 256 * 1024;
/** A viewer that takes nothing for this long while bytes are queued is closed. ms */
const STALL_MS = 10_000;
/** Whether bytes still move is looked at this many times in the stall time, so that it is exceeded by little. */
const LOOKS = 4;
/** One that is slower than a batch in so many stall times gets no film out of it, whatever it sends meanwhile. */
const HOPELESS = 6;

export interface PumpOptions {
  socket: Socket;
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

/** Written behind bytes that wait, to be told when they are gone. */
const NOTHING = new Uint8Array(0);

/**
 * Writes a cursor's shared buffers to a socket, one gather write at a time. While the socket has not taken the last
 * one, the viewer's bytes wait in the feed and not in the process.
 *
 * A socket that keeps up takes everything at once. It is written to without a callback and without a timer, because
 * both cost more than everything else that is done here for a viewer.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #cursor: Cursor;
  /** A callback will say when all was taken. */
  #busy = false;
  /** More waits than one batch. */
  #turn: NodeJS.Immediate | undefined;
  /** The socket did not take the last write at once. */
  #behind = false;
  #stopped = false;
  /** Monotonic µs of the last look at which nothing had moved, and since when that is so. */
  #quiet = { at: -Infinity, since: 0 };
  #cancel: (() => void) | undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    options.socket.on('timeout', this.#timeout);
    this.#cursor = options.join(this.#ready);
    this.#ready();
  }

  /** Stops writing and gives the place up. The socket stays as it is. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancel?.();
    clearImmediate(this.#turn);
    this.#options.socket.setTimeout(0);
    this.#options.socket.off('timeout', this.#timeout);
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
    const { socket, scheduler, stalled } = this.#options;
    const asked = this.#behind;
    this.#write(buffers, asked ? this.#taken : undefined);
    this.#watch(socket.writableLength > 0);
    this.#busy = asked || this.#behind;
    if (this.#behind && !asked) socket.write(NOTHING, this.#taken);
    // What a peer sends counts as activity for Node's timer, so that one alone could be held off for ever.
    if (this.#busy) this.#cancel = scheduler.after(HOPELESS * this.#stallMs * MILLISECOND, stalled);
  }

  #write(buffers: readonly Uint8Array[], taken: Taken | undefined): void {
    const { socket, wrap } = this.#options;
    const last = buffers.length - 1;
    if (last > 0) socket.cork();
    for (let i = 0; i <= last; i++) {
      const bytes = buffers[i]!;
      socket.write(wrap ? wrap(bytes) : bytes, i === last ? taken : undefined);
    }
    if (last > 0) socket.uncork();
  }

  #watch(behind: boolean): void {
    if (behind === this.#behind) return;
    this.#behind = behind;
    this.#options.socket.setTimeout(behind ? this.#lookMs : 0);
  }

  readonly #taken: Taken = (error) => {
    this.#busy = false;
    this.#cancel?.();
    this.#cancel = undefined;
    if (!error) this.#ready();
  };

  /** Node calls this when it finds the write queue as it was a look ago; a look that finds it shorter passes in silence. */
  readonly #timeout = (): void => {
    if (!this.#busy) return;
    const now = this.#options.scheduler.now();
    const look = this.#lookMs * MILLISECOND;
    if (now - this.#quiet.at > 1.5 * look) this.#quiet.since = now - look;
    this.#quiet.at = now;
    if (now - this.#quiet.since >= (LOOKS - 0.5) * look) this.#options.stalled();
    else this.#options.socket.setTimeout(this.#lookMs);
  };

  get #lookMs(): number {
    return this.#stallMs / LOOKS;
  }

  get #stallMs(): number {
    return this.#options.stallMs ?? STALL_MS;
  }
}

type Taken = (error?: Error | null) => void;
