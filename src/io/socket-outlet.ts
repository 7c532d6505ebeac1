import type { Socket } from 'node:net';
import type { Traffic } from '../live/access.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { endSocket } from './end-socket.ts';
import type { Outlet, OutletListener } from './outlet.ts';

/** Written behind bytes that wait, to be told when they are gone. */
const NOTHING = new Uint8Array(0);

/**
 * What an encrypted socket may hold before it counts as behind: it has everything until the next turn of the loop, even
 * where the system took it at once.
 */
const SEALED_BYTES = 64 * 1024;

/**
 * A whole connection, plain or encrypted. One that keeps up takes everything at once; it is written to without a
 * callback and without a timer, because both cost more than everything else that is done for a viewer.
 */
export class SocketOutlet implements Outlet {
  readonly #socket: Socket;
  readonly #scheduler: Scheduler;
  readonly #slack: number;
  readonly #before: Traffic;
  #listener: OutletListener | undefined;
  /** The socket did not take the last write at once. */
  #behind = false;
  /** A callback will say when all was taken. */
  #busy = false;

  constructor(socket: Socket, scheduler: Scheduler) {
    this.#socket = socket;
    this.#scheduler = scheduler;
    this.#slack = 'encrypted' in socket ? SEALED_BYTES : 0;
    this.#before = { in: socket.bytesRead, out: socket.bytesWritten };
  }

  get busy(): boolean {
    return this.#busy;
  }

  open(listener: OutletListener): void {
    this.#listener = listener;
    if (this.#behind) this.#socket.setTimeout(listener.lookMs);
    this.#socket.on('timeout', this.#timeout);
  }

  release(): void {
    if (!this.#listener) return;
    this.#listener = undefined;
    this.#socket.setTimeout(0);
    this.#socket.off('timeout', this.#timeout);
  }

  write(buffers: readonly Uint8Array[], wrap?: (bytes: Uint8Array) => Uint8Array): boolean {
    const socket = this.#socket;
    const asked = this.#behind;
    const last = buffers.length - 1;
    if (last > 0) socket.cork();
    for (let i = 0; i <= last; i++) {
      const bytes = buffers[i]!;
      socket.write(wrap ? wrap(bytes) : bytes, asked && i === last ? this.#taken : undefined);
    }
    if (last > 0) socket.uncork();
    const behind = socket.writableLength > this.#slack;
    if (behind !== asked) this.#watch(behind);
    if (behind && !asked) socket.write(NOTHING, this.#taken);
    this.#busy = asked || behind;
    return !this.#busy;
  }

  end(linger: number): void {
    this.release();
    if (!this.#socket.destroyed) endSocket(this.#socket, this.#scheduler, linger);
  }

  destroy(): void {
    this.release();
    this.#socket.destroy();
  }

  traffic(): Traffic {
    const { bytesRead, bytesWritten } = this.#socket;
    return { in: bytesRead - this.#before.in, out: bytesWritten - this.#before.out };
  }

  #watch(behind: boolean): void {
    this.#behind = behind;
    if (this.#listener) this.#socket.setTimeout(behind ? this.#listener.lookMs : 0);
  }

  readonly #taken = (error?: Error | null): void => {
    this.#busy = false;
    this.#listener?.taken(error);
  };

  /** Node calls this when it finds the write queue as it was a look ago; a look that finds it shorter passes in silence. */
  readonly #timeout = (): void => {
    const listener = this.#listener;
    if (!listener || !this.#busy) return;
    this.#socket.setTimeout(listener.lookMs);
    listener.still();
  };
}
