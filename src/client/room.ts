import { ApiError, type Client, createClient } from './api.ts';
import { Backoff } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { parseMessage, type Room, type ServerMessage } from './messages.ts';

/** After this much silence the socket is asked whether it still lives. ms */
const PING_AFTER = 15_000;
/** A ping without any answer for this long means that the socket is dead. ms */
const PONG_WITHIN = 8_000;
/** A socket that does not open within this time is given up. ms */
const OPEN_WITHIN = 8_000;
/** Waiting times between attempts. ms */
const RETRY_FIRST = 500;
const RETRY_MOST = 10_000;
/** Close code of a session that the owner closed: it must not come back by itself. */
const KICKED = 4403;

/** What a room's connection tells. */
export type RoomEvent =
  | { type: 'open' }
  | { type: 'message'; message: ServerMessage }
  /** Bytes of the stream that was asked for on this socket; a container’s header is the beginning of a message. */
  | { type: 'media'; bytes: ArrayBuffer }
  /** The room was read over plain HTTP, because the socket does not open. */
  | { type: 'room'; room: Room }
  /** The socket is gone; it comes back by itself. */
  | { type: 'down' }
  /** The end: the server refuses, and asking again would not help. `code` is one of the server's errors, or `kicked`. */
  | { type: 'refused'; code: string };

export interface RoomOptions {
  /** Origin of the server, `http://host:8080`. */
  base: string;
  slug: string;
  token?: string;
  /** What is listened to beside what is told without being asked. */
  topics?: readonly string[];
  listener: (event: RoomEvent) => void;
  clock?: Clock;
  random?: () => number;
  WebSocket?: typeof globalThis.WebSocket;
  client?: Client;
}

/** A room's socket that stays connected until it is closed or refused. */
export interface RoomConnection {
  readonly connected: boolean;
  /** ms a message takes to the server and back, once measured. */
  readonly roundTrip: number | undefined;
  /** The server's wall clock minus ours in ms, once measured. */
  readonly clockOffset: number | undefined;
  /** Tries again now, for when the network is known to be back or the page is looked at again. */
  retry(): void;
  /** Says something. False while it is not connected. */
  say(message: object): boolean;
  /** Comes anew, for when who one is has changed. */
  reconnect(): void;
  close(): void;
}

/** Connects to a room and keeps the connection. */
export function connectRoom(options: RoomOptions): RoomConnection {
  return new RoomSocket(options);
}

class RoomSocket implements RoomConnection {
  roundTrip: number | undefined;
  clockOffset: number | undefined;
  readonly #options: RoomOptions;
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #backoff: Backoff;
  #socket: WebSocket | undefined;
  #open = false;
  #over = false;
  #pings = 0;
  #pingAt: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { base, token } = options;
    this.#client = options.client ?? createClient(token === undefined ? { base } : { base, token });
    this.#backoff = new Backoff({ first: RETRY_FIRST, most: RETRY_MOST, random: options.random ?? Math.random });
    this.#connect();
  }

  get connected(): boolean {
    return this.#open;
  }

  retry(): void {
    if (this.#over) return;
    if (this.#open) return this.#ping();
    if (this.#socket) return; // on its way already
    this.#backoff.reset();
    this.#connect();
  }

  say(message: object): boolean {
    if (!this.#open || !this.#socket) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  reconnect(): void {
    if (this.#over) return;
    this.#backoff.reset();
    this.#connect();
  }

  close(): void {
    this.#over = true;
    this.#drop();
  }

  #connect(): void {
    this.#drop();
    const Socket = this.#options.WebSocket ?? globalThis.WebSocket;
    const { base, slug } = this.#options;
    const socket = new Socket(`${base.replace(/^http/, 'ws')}/ws/${encodeURIComponent(slug)}`);
    this.#socket = socket;
    this.#cancel = this.#clock.after(OPEN_WITHIN, () => this.#lost(socket));
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#open = true;
      this.#options.listener({ type: 'open' });
      this.#ping();
      const { topics } = this.#options;
      if (topics) socket.send(JSON.stringify({ type: 'subscribe', topics }));
    };
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event: MessageEvent) => {
      if (socket !== this.#socket) return;
      if (typeof event.data === 'string') this.#receive(event.data);
      else this.#options.listener({ type: 'media', bytes: event.data as ArrayBuffer });
    };
    socket.onclose = (event: { code: number }) => {
      if (socket !== this.#socket) return;
      if (event.code === KICKED) this.#refused('kicked');
      else this.#lost(socket);
    };
  }

  #receive(text: string): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(PING_AFTER, () => this.#ping());
    const message = parseMessage(text);
    if (!message) return;
    // What else was said has answers, too.
    if (message.type === 'pong' && message.id === this.#pings) this.#answered(message.at);
    if (message.type === 'hello') this.#backoff.reset();
    this.#options.listener({ type: 'message', message });
  }

  #ping(): void {
    const socket = this.#socket;
    if (!socket || !this.#open) return;
    this.#pingAt = this.#clock.now();
    socket.send(JSON.stringify({ id: ++this.#pings, type: 'ping' }));
    this.#cancel?.();
    this.#cancel = this.#clock.after(PONG_WITHIN, () => this.#lost(socket));
  }

  /** A pong tells how far away the server is, and its time. */
  #answered(at: string | undefined): void {
    if (this.#pingAt === undefined) return;
    this.roundTrip = this.#clock.now() - this.#pingAt;
    this.#pingAt = undefined;
    const served = at === undefined ? Number.NaN : Date.parse(at);
    if (Number.isFinite(served)) this.clockOffset = served + this.roundTrip / 2 - this.#clock.wall();
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#socket || this.#over) return;
    const opened = this.#open;
    this.#drop();
    this.#options.listener({ type: 'down' });
    this.#cancel = this.#clock.after(this.#backoff.next(), () => this.#connect());
    // A socket that never opened may be one that was refused before the upgrade, or that something on the way blocks.
    if (!opened) void this.#readRoom();
  }

  async #readRoom(): Promise<void> {
    try {
      const room = await this.#client.room(this.#options.slug);
      if (this.#over || this.#open) return;
      this.#options.listener({ type: 'room', room });
      // Who may not enter waits to be asked again: knocking on and on opens no door.
      if (!room.admitted) this.#drop();
    } catch (error) {
      const refused = error instanceof ApiError && [401, 403, 404].includes(error.status);
      if (refused && !this.#over && !this.#open) this.#refused((error as ApiError).code);
    }
  }

  #refused(code: string): void {
    this.#over = true;
    this.#drop();
    this.#options.listener({ type: 'refused', code });
  }

  #drop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#open = false;
    this.#pingAt = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
