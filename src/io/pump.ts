import type { Socket } from 'node:net';
import type { Cursor } from '../live/cursor.ts';
import type { EndReason } from '../media/frame.ts';

/** Written at once before the socket must say that it took them; small enough that progress shows on a slow line. */
const BATCH_BYTES = 256 * 1024;
/** A viewer that takes nothing for this long while bytes are queued is closed. ms */
const STALL_MS = 10_000;

export interface PumpOptions {
  socket: Socket;
  /** Takes a place in the feed; called once. */
  join(ready: () => void): Cursor;
  /** What stands before each buffer, for example a WebSocket frame header. */
  head?(bytes: Uint8Array): Uint8Array;
  /** Everything was written and the feed has ended. */
  finish(reason: EndReason): void;
  /** Nothing moved for the stall time. */
  stalled(): void;
  stallMs?: number;
}

/**
 * Writes a cursor's shared buffers to a socket, one gather write at a time. While the socket has not taken the last
 * one, the viewer's bytes wait in the feed and not in the process.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #cursor: Cursor;
  #busy = false;
  #stopped = false;

  constructor(options: PumpOptions) {
    this.#options = options;
    const { socket } = options;
    // Node counts a shrinking write queue as activity, so this fires only when nothing moved at all.
    socket.setTimeout(options.stallMs ?? STALL_MS);
    socket.on('timeout', this.#timeout);
    this.#cursor = options.join(this.#ready);
    this.#ready();
  }

  /** Stops writing and gives the place up. The socket stays as it is. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.socket.setTimeout(0);
    this.#options.socket.off('timeout', this.#timeout);
    this.#cursor.leave();
  }

  readonly #ready = (): void => {
    if (this.#busy || this.#stopped || !this.#cursor) return;
    const buffers = this.#cursor.take(BATCH_BYTES);
    if (buffers.length === 0) {
      const reason = this.#cursor.ended;
      if (reason === undefined) return;
      this.stop();
      this.#options.finish(reason);
      return;
    }
    const { socket, head } = this.#options;
    this.#busy = true;
    const last = buffers.length - 1;
    if (last === 0 && !head) {
      socket.write(buffers[0]!, this.#written);
      return;
    }
    socket.cork();
    for (let i = 0; i <= last; i++) {
      const bytes = buffers[i]!;
      if (head) socket.write(head(bytes));
      if (i < last) socket.write(bytes);
      else socket.write(bytes, this.#written);
    }
    socket.uncork();
  };

  readonly #written = (error?: Error | null): void => {
    this.#busy = false;
    if (!error) this.#ready();
  };

  readonly #timeout = (): void => {
    if (this.#busy) this.#options.stalled();
  };
}
