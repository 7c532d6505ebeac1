import type { Socket } from 'node:net';
import { endSocket } from '../../io/end-socket.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { obey, refuseLine } from './commands.ts';
import type { Gateway } from './gateway.ts';
import { LineReader } from './line-reader.ts';
import { Peer } from './peer.ts';

/** After our last byte the client has this long to close its side. */
const LINGER = 1500 * MILLISECOND;
/** Bytes that may wait to be read as lines; the rest waits in the socket. */
const MAX_WAITING = 16 * 1024;
/** Lines of a client are counted over this long. */
const WINDOW = 10 * SECOND;

/** Limits of one connection in µs, bytes and counts. */
export interface ConnectionLimits {
  /** From connecting to having a nick. */
  first: number;
  /** Silence; it is pinged at half of that. */
  idle: number;
  /** What may wait to be sent. */
  queue: number;
  /** Lines in ten seconds; 0 is no limit. */
  lines: number;
}

export interface ConnectionOptions {
  gateway: Gateway;
  socket: Socket;
  address: string;
  scheduler: Scheduler;
  limits: ConnectionLimits;
  /** It has a nick, and wants to stay. False when the server is full. */
  keep(): boolean;
  closed(): void;
}

/** One TCP connection of IRC: its bytes, its pace and its silence. */
export class Connection {
  readonly peer: Peer;
  readonly #options: ConnectionOptions;
  readonly #reader = new LineReader();
  readonly #since: number;
  #heard: number;
  #isPinged = false;
  #isBusy = false;
  #isEnding = false;
  /** When the lines so far are paid off, in monotonic µs. */
  #debt = 0;
  #cancelWait: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { gateway, socket, address, scheduler } = options;
    this.#since = this.#heard = scheduler.now();
    const { remotePort: port } = socket;
    this.peer = new Peer({
      gateway,
      remote: { address, ...(port === undefined ? {} : { port }), agent: 'irc' },
      write: (text) => this.#write(text),
      keep: () => options.keep(),
      end: () => this.#end(),
    });
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#cancelWait?.();
      gateway.quit(this.peer, 'They are gone.');
      options.closed();
    });
  }

  /** Lets time-outs happen. */
  tick(now: number): void {
    const { first, idle } = this.#options.limits;
    if (this.#isEnding) return;
    if (!this.peer.isRegistered) {
      if (now - this.#since >= first) this.peer.close('You did not say who you are in time.');
      return;
    }
    const silence = now - this.#heard;
    if (silence >= idle) this.peer.close('Nothing was heard for too long.');
    else if (silence >= idle / 2 && !this.#isPinged) {
      this.#isPinged = true;
      this.peer.send({ command: 'PING', params: [this.peer.gateway.name] });
    }
  }

  /** Cuts the connection without another word. */
  destroy(): void {
    this.#options.socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#isEnding) return;
    this.#heard = this.#options.scheduler.now();
    this.#isPinged = false;
    this.#reader.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    if (!this.#isBusy) void this.#work();
    else if (this.#reader.waiting > MAX_WAITING) this.#options.socket.pause();
  }

  /** Does what the lines say, one after the other, at the pace that is allowed. */
  async #work(): Promise<void> {
    const { socket } = this.#options;
    this.#isBusy = true;
    try {
      while (!this.#isEnding && !this.#mustWait() && (await this.#step()));
    } finally {
      this.#isBusy = false;
    }
    if (!this.#cancelWait) socket.resume();
  }

  /** False when no line is there. */
  async #step(): Promise<boolean> {
    try {
      const line = this.#reader.next();
      if (!line) return false;
      this.#debt += this.#price;
      await obey(this.peer, line);
    } catch (error) {
      this.#debt += this.#price;
      refuseLine(this.peer, error);
    }
    return true;
  }

  get #price(): number {
    const { lines } = this.#options.limits;
    return lines > 0 ? WINDOW / lines : 0;
  }

  /** Who is too fast is not read until the time has come. */
  #mustWait(): boolean {
    const { scheduler, socket } = this.#options;
    const now = scheduler.now();
    this.#debt = Math.max(this.#debt, now);
    const wait = this.#debt + this.#price - now - WINDOW;
    if (this.#price === 0 || wait <= 0 || this.#reader.waiting === 0) return false;
    socket.pause();
    this.#cancelWait = scheduler.after(wait, () => {
      this.#cancelWait = undefined;
      void this.#work();
    });
    return true;
  }

  #write(text: string): void {
    const { socket, limits } = this.#options;
    if (socket.destroyed || this.#isEnding) return;
    if (socket.writableLength + text.length > limits.queue) {
      // What it would be told waits behind what it does not read.
      socket.destroy();
      return;
    }
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(text);
  }

  #end(): void {
    const { socket, scheduler } = this.#options;
    this.#isEnding = true;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    socket.resume();
    endSocket(socket, scheduler, LINGER);
  }
}
