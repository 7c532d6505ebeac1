import {
  ApiError,
  type Asked,
  type ChatMessage,
  type Clock,
  connectRoom,
  type OkMessage,
  type RoomConnection,
  type RoomEvent,
  type ServerMessage,
} from '../../../src/client/index.ts';
import { reduceRoom, type RoomView, unknownRoom } from './state.ts';

/** Pieces of the chat that are kept for it until it is there. */
const MAX_EARLY = 200;

/** The room of the page: what its socket tells, as state. */
export class RoomStore {
  view: RoomView = $state.raw(unknownRoom);
  /** The rules of its chat are open, for those who look after the room. */
  configuring: boolean = $state(false);
  readonly slug: string;
  #connection: RoomConnection | undefined;
  #closed = false;
  #chat: ((event: RoomEvent) => void) | undefined;
  /** What the chat is told when it is there, if there is one: it comes after the picture. */
  #early: RoomEvent[] = [];
  readonly #hearers = new Set<(message: ServerMessage) => void>();

  /** `after`: what has to be settled before, the owner's claim. */
  constructor(options: { base: string; slug: string; clock: Clock; after?: Promise<unknown> | undefined }) {
    const { base, slug, clock, after } = options;
    this.slug = slug;
    const open = (): void => {
      if (this.#closed) return;
      this.#connection = connectRoom({
        base,
        slug,
        topics: ['chat'],
        clock,
        listener: (event) => {
          this.view = reduceRoom(this.view, event, clock.now());
          this.#tell(event);
        },
      });
    };
    if (after) void after.then(open, open);
    else open();
  }

  get roundTrip(): number {
    return this.#connection?.roundTrip ?? 0;
  }

  /** The server's wall clock minus ours in ms, once measured. */
  get clockOffset(): number | undefined {
    return this.#connection?.clockOffset;
  }

  get connected(): boolean {
    return this.#connection?.connected ?? false;
  }

  /** Says something on the room's socket and gives the answer. Rejects with an `ApiError`. */
  ask(message: Asked): Promise<OkMessage> {
    return this.#connection?.ask(message) ?? Promise.reject(new ApiError('unreachable', 0, 'There is no connection.'));
  }

  /** The chat of the page is told all that happens on the socket, also what it was too late for. */
  openChat(chat: (event: RoomEvent) => void): void {
    this.#chat = chat;
    for (const event of this.#early) chat(event);
    this.#early = [];
  }

  /** Told what is said and changed in the chat, until the returned function is called. */
  onChat(listener: (message: ChatMessage) => void): () => void {
    return this.hear((told) => {
      if (told.type !== 'chat') return;
      const { message, messages = message ? [message] : [] } = told;
      for (const said of messages) listener(said);
    });
  }

  /** Told all that is said on the socket, until the returned function is called. */
  hear(listener: (message: ServerMessage) => void): () => void {
    this.#hearers.add(listener);
    return () => this.#hearers.delete(listener);
  }

  /** Says something to the room. False while it is not connected. */
  say(message: object): boolean {
    return this.#connection?.say(message) ?? false;
  }

  retry(): void {
    this.#connection?.retry();
  }

  /** Comes anew, as who one is now. */
  reconnect(): void {
    this.#connection?.reconnect();
  }

  close(): void {
    this.#closed = true;
    this.#connection?.close();
  }

  #tell(event: RoomEvent): void {
    if (this.#chat) this.#chat(event);
    else if (event.type === 'listening' || event.type === 'deaf') this.#early = [event];
    if (event.type !== 'message') return;
    for (const hearer of this.#hearers) hearer(event.message);
    if (event.message.type === 'chat' && !this.#chat) this.#keep(event);
  }

  #keep(event: RoomEvent): void {
    this.#early.push(event);
    // More than that is asked for when the chat is there.
    if (this.#early.length > MAX_EARLY)
      this.#early = [{ type: 'listening', answer: { type: 'ok', gap: true }, since: '' }];
  }
}
