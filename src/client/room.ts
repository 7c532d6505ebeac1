import { ApiError, type Client, createClient } from './api.ts';
import { Backoff } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { type ChatMessage, type OkMessage, parseMessage, type Room, type ServerMessage } from './messages.ts';
import { Pending } from './pending.ts';

/** After this much silence the socket is asked whether it still lives. ms */
const PING_AFTER = 15_000;
/** A ping without any answer for this long means that the socket is dead. ms */
const PONG_WITHIN = 8_000;
/** A socket that does not open within this time is given up. ms */
const OPEN_WITHIN = 8_000;
/** Waiting times between attempts. ms */
const RETRY_FIRST = 500;
const RETRY_MOST = 10_000;
/**
 * Who is banned asks whether they still are, since a ban may be lifted or undone: soon at first, as whoever banned by mistake
 * notices at once, later twice a minute, which costs one small answer and is far below what an address may ask. ms
 */
const ASK_FIRST = 5000;
const ASK_MOST = 30_000;
/** A ban that should be over by now is asked for no sooner: clocks differ. ms */
const ASK_LEAST = 2500;
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
  /** What was asked to be listened to is: the answer has what was said last, or with `since` everything since then. */
  | { type: 'listening'; answer: OkMessage; since: string | undefined }
  /** Listening is refused; it is tried again with the next socket. */
  | { type: 'deaf'; error: ApiError }
  /** Who one was is not known any more: one is nobody in particular until the next login. */
  | { type: 'forgotten'; error: ApiError }
  /** The socket is gone; it comes back by itself. */
  | { type: 'down' }
  /** The end: the server refuses, and asking again would not help. `code` is one of the server's errors, or `kicked`. */
  | { type: 'refused'; code: string };

export interface RoomOptions {
  /** Origin of the server, `http://host:8080`. */
  base: string;
  slug: string;
  token?: string;
  /** What to listen to from the start, beside what the server tells by itself. */
  topics?: readonly string[];
  listener: (event: RoomEvent) => void;
  clock?: Clock;
  random?: () => number;
  WebSocket?: typeof globalThis.WebSocket;
  client?: Client;
}

/** A message that one sends, without its id: `{ type: 'say', text: 'Hello' }`. */
export interface Asked {
  type: string;
  [field: string]: unknown;
}

/** By a token, which may be the pass that a guest was given, or as a guest with a name. */
export type Login = { token: string } | { guest: string };

/** A room's socket that stays connected until it is closed or refused. */
export interface RoomConnection {
  readonly connected: boolean;
  /** ms a message takes to the server and back, once measured. */
  readonly roundTrip: number | undefined;
  /** The server's wall clock minus ours in ms, once measured. */
  readonly clockOffset: number | undefined;
  /** Sends a message and gives its answer. Rejects with an `ApiError`, `unreachable` when the socket is not there or goes. */
  ask(message: Asked): Promise<OkMessage>;
  /** Listens to topics from now on, over every socket to come; what was missed between two of them is told. */
  listen(topics: readonly string[]): void;
  /** Says who one is, and says it again on every socket to come. A guest's answer has the token to be the same again. */
  login(login: Login): Promise<OkMessage>;
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
  readonly #backoff: Backoff;
  /** Times between two questions whether a ban still holds. */
  readonly #asking: Backoff;
  #socket: WebSocket | undefined;
  #open = false;
  #over = false;
  #ids = 0;
  #ping: { id: number; at: number } | undefined;
  readonly #pending: Pending;
  readonly #topics: Set<string>;
  /** The token to log in by with each socket. */
  #token: string | undefined;
  /** The latest change of the chat that was heard. */
  #heard: string | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pending = new Pending(this.#clock);
    this.#topics = new Set(options.topics);
    this.#token = options.token;
    const random = options.random ?? Math.random;
    this.#backoff = new Backoff({ first: RETRY_FIRST, most: RETRY_MOST, random });
    this.#asking = new Backoff({ first: ASK_FIRST, most: ASK_MOST, random });
    this.#connect();
  }

  get connected(): boolean {
    return this.#open;
  }

  ask(message: Asked): Promise<OkMessage> {
    if (!this.#socket || !this.#open)
      return Promise.reject(new ApiError('unreachable', 0, 'There is no connection to the room.'));
    const id = ++this.#ids;
    const answer = this.#pending.wait(id);
    this.#socket.send(JSON.stringify({ id, ...message }));
    return answer;
  }

  listen(topics: readonly string[]): void {
    const added = topics.filter((topic) => !this.#topics.has(topic));
    for (const topic of added) this.#topics.add(topic);
    if (added.length > 0 && this.#open) void this.#subscribe(added);
  }

  async login(login: Login): Promise<OkMessage> {
    const answer = await this.ask({ type: 'login', ...login });
    this.#token = 'token' in login ? login.token : answer.token;
    return answer;
  }

  retry(): void {
    if (this.#over) return;
    if (this.#open) return this.#sendPing();
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
      this.#sendPing();
      if (this.#token !== undefined) void this.#loginAgain(this.#token);
      if (this.#topics.size > 0) void this.#subscribe([...this.#topics]);
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
    this.#cancel = this.#clock.after(PING_AFTER, () => this.#sendPing());
    const message = parseMessage(text);
    if (!message) return;
    if (message.type === 'pong') this.#answered(message.id, message.at);
    if (message.type === 'hello') {
      this.#backoff.reset();
      this.#asking.reset();
    }
    if (message.type === 'chat') this.#hear(message.messages ?? (message.message ? [message.message] : []));
    if ((message.type === 'ok' || message.type === 'error') && this.#pending.settle(message)) return;
    this.#options.listener({ type: 'message', message });
    // Who may not enter waits to be asked again: knocking on and on opens no door.
    if (message.type === 'room' && !message.room.admitted) this.#shut(message.room.ban);
  }

  /** Only what is pushed counts: the answer to one’s own message may come before what others said sooner. */
  #hear(messages: readonly ChatMessage[]): void {
    for (const { rev } of messages) if (this.#heard === undefined || rev > this.#heard) this.#heard = rev;
  }

  async #subscribe(topics: readonly string[]): Promise<void> {
    const since = this.#heard;
    const socket = this.#socket;
    try {
      const answer = await this.ask({ type: 'subscribe', topics, ...(since === undefined ? {} : { since }) });
      // A listener may have had everything anew since, over another socket.
      if (socket !== this.#socket) return;
      this.#hear(answer.messages ?? []);
      this.#options.listener({ type: 'listening', answer, since });
    } catch (error) {
      if (socket === this.#socket && !this.#over) this.#options.listener({ type: 'deaf', error: error as ApiError });
    }
  }

  async #loginAgain(token: string): Promise<void> {
    try {
      await this.ask({ type: 'login', token });
    } catch (error) {
      if ((error as ApiError).code === 'unreachable' || this.#token !== token) return;
      this.#token = undefined;
      this.#options.listener({ type: 'forgotten', error: error as ApiError });
    }
  }

  #sendPing(): void {
    const socket = this.#socket;
    if (!socket || !this.#open) return;
    const id = ++this.#ids;
    this.#ping = { id, at: this.#clock.now() };
    socket.send(JSON.stringify({ id, type: 'ping' }));
    this.#cancel?.();
    this.#cancel = this.#clock.after(PONG_WITHIN, () => this.#lost(socket));
  }

  /** A pong tells how far away the server is, and its time. */
  #answered(id: number | undefined, at: string | undefined): void {
    if (!this.#ping || id !== this.#ping.id) return;
    this.roundTrip = this.#clock.now() - this.#ping.at;
    this.#ping = undefined;
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
      const room = await this.#room();
      if (this.#over || this.#open) return;
      this.#options.listener({ type: 'room', room });
      if (!room.admitted) this.#shut(room.ban);
    } catch (error) {
      const refused = error instanceof ApiError && [401, 403, 404].includes(error.status);
      if (refused && !this.#over && !this.#open) this.#refused((error as ApiError).code);
    }
  }

  /** Waits to be asked, or until a ban is over: by its end, or because somebody lifted it. */
  #shut(ban: Room['ban']): void {
    this.#drop();
    if (!ban) return;
    const asked = this.#asking.next();
    const left = ban.until === undefined ? asked : Date.parse(ban.until) - this.#clock.wall() - (this.clockOffset ?? 0);
    this.#cancel = this.#clock.after(Math.max(ASK_LEAST, Math.min(asked, left)), () => void this.#askAgain(ban));
  }

  /** Comes back only once the server says that the ban is no more. */
  async #askAgain(ban: NonNullable<Room['ban']>): Promise<void> {
    const room = await this.#room().catch(() => undefined);
    // Somebody may have had it come anew meanwhile.
    if (this.#over || this.#socket) return;
    if (room && !room.ban) return this.#connect();
    // Its end may be another by now.
    if (room) this.#options.listener({ type: 'room', room });
    this.#shut(room?.ban ?? ban);
  }

  /** The room as it is for who one is now. */
  #room(): Promise<Room> {
    const { base, slug, client } = this.#options;
    const token = this.#token;
    return (client ?? createClient(token === undefined ? { base } : { base, token })).room(slug);
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
    this.#ping = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#pending.drop();
  }
}
