import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Intake, OutletListener } from '../../io/outlet.ts';
import { SocketOutlet } from '../../io/socket-outlet.ts';
import type { Traffic } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';

export interface MemberOutletOptions {
  ws: WebSocket;
  socket: Socket;
  scheduler: Scheduler;
}

/**
 * The way of binary frames to a socket on which text goes, too. Both are written as whole frames, so that neither tears
 * the other, and text waits for one batch of media at most: the next is not written before the last is taken.
 */
export class MemberOutlet implements Intake {
  readonly #ws: WebSocket;
  readonly #outlet: SocketOutlet;
  #written = 0;
  /** Bytes of the last write. */
  #batch = 0;

  constructor({ ws, socket, scheduler }: MemberOutletOptions) {
    this.#ws = ws;
    this.#outlet = new SocketOutlet(socket, scheduler);
  }

  get busy(): boolean {
    return this.#outlet.busy;
  }

  /** Bytes that may still wait to be taken. */
  get waiting(): number {
    return this.busy ? this.#batch : 0;
  }

  open(listener: OutletListener): void {
    this.#outlet.open(listener);
  }

  release(): void {
    this.#outlet.release();
  }

  /** After a close frame nothing may follow (RFC 6455 §5.5.1). */
  write(buffers: readonly Uint8Array[], wrap: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): boolean {
    if (this.#ws.readyState !== this.#ws.OPEN) return true;
    const frames = buffers.map(wrap);
    this.#batch = frames.reduce((sum, { length }) => sum + length, 0);
    this.#written += this.#batch;
    return this.#outlet.write(frames);
  }

  traffic(): Traffic {
    return { in: 0, out: this.#written };
  }
}
