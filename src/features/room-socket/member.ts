import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { toRoomcastError } from '../../errors.ts';
import { closeCodes, closeSocket, PING_EVERY } from '../../io/websocket.ts';
import type { Credentials, Identity } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Logger } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import { BadMessage, type ClientMessage, readClientMessage } from './client-message.ts';

/** A page that does not read this much is asleep or gone; what it missed it gets when it comes back. */
const MAX_QUEUED = 256 * 1024;
/** After a close frame that cannot be delivered, the socket goes. */
const CLOSE_WITHIN = 5 * SECOND;
const WINDOW = 10 * SECOND;
/**
 * A peer that said nothing yet is asked after the first, which every WebSocket answers by itself, and is cut after the
 * second: an upgrade alone must hold nothing for long.
 */
const [FIRST_PING, FIRST_SIGN] = [5 * SECOND, 10 * SECOND];

export interface MemberOptions {
  ws: WebSocket;
  socket: Duplex;
  identity: Identity | undefined;
  /** What it proved that with. */
  credentials: Credentials;
  scheduler: Scheduler;
  log: Logger;
  /** Messages that are answered within ten seconds. */
  maxMessages: number;
  /** Answers one message; throws an error of the list. */
  answer(message: ClientMessage): object;
  left(): void;
}

/** One socket in a room. */
export class Member {
  readonly identity: Identity | undefined;
  readonly #options: MemberOptions;
  readonly #cancels: (() => void)[];
  #heard = false;
  #messages = 0;
  #windowEnds = 0;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.identity = options.identity;
    const { ws, scheduler } = options;
    ws.on('message', (data: Buffer, binary: boolean) => this.#receive(binary ? undefined : data.toString()));
    ws.on('pong', () => (this.#heard = true));
    ws.on('close', () => this.#leave());
    this.#cancels = [
      scheduler.every(PING_EVERY, () => this.#ping()),
      scheduler.after(FIRST_PING, () => !this.#heard && ws.readyState === ws.OPEN && ws.ping()),
      scheduler.after(FIRST_SIGN, () => !this.#heard && ws.terminate()),
    ];
  }

  get credentials(): Credentials {
    return this.#options.credentials;
  }

  /** Sends one message to this socket alone. */
  say(message: object): void {
    this.send(Buffer.from(JSON.stringify(message)));
  }

  /** Sends bytes of JSON that were made once for all sockets. */
  send(json: Buffer): void {
    const { ws, socket } = this.#options;
    if (ws.readyState !== ws.OPEN) return;
    if (socket.writableLength + json.length > MAX_QUEUED)
      this.close(closeCodes.policy, 'Too slow: messages were not read.');
    else ws.send(json, { binary: false });
  }

  close(code: number, reason: string): void {
    const { ws, scheduler } = this.#options;
    closeSocket(ws, code, reason);
    scheduler.after(CLOSE_WITHIN, () => ws.terminate());
    this.#leave();
  }

  #receive(text: string | undefined): void {
    this.#heard = true;
    if (!this.#admits()) return;
    let message: ClientMessage | undefined;
    try {
      message = readClientMessage(text);
      this.say({ id: message.id, ...this.#options.answer(message) });
    } catch (error) {
      const { code, message: words, cause } = toRoomcastError(error);
      if (code === 'internal') this.#options.log.error({ err: cause }, 'a message to a room failed');
      this.say({
        type: 'error',
        id: message?.id ?? (error instanceof BadMessage ? error.id : undefined),
        code,
        message: words,
      });
    }
  }

  /** A flood gets one answer that says so, and then none until the window is over. */
  #admits(): boolean {
    const now = this.#options.scheduler.now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW;
      this.#messages = 0;
    }
    const { maxMessages } = this.#options;
    this.#messages++;
    if (this.#messages === maxMessages + 1) {
      this.say({
        type: 'error',
        code: 'too-many-requests',
        message: 'Too many messages; what follows is not read for ten seconds.',
      });
    }
    return this.#messages <= maxMessages;
  }

  #ping(): void {
    const { ws } = this.#options;
    if (!this.#heard) {
      ws.terminate();
      return;
    }
    this.#heard = false;
    if (ws.readyState === ws.OPEN) ws.ping();
  }

  #leave(): void {
    for (const cancel of this.#cancels) cancel();
    this.#options.left();
  }
}
