import {
  type ChatMessage,
  type Clock,
  connectRoom,
  type RoomConnection,
  type RoomEvent,
} from '../../../src/client/index.ts';
import { reduceRoom, type RoomView, unknownRoom } from './state.ts';

/** The room of the page: what its socket tells, as state. */
export class RoomStore {
  view: RoomView = $state.raw(unknownRoom);
  readonly slug: string;
  #connection: RoomConnection | undefined;
  #closed = false;
  readonly #chatListeners = new Set<(message: ChatMessage) => void>();

  /** `after`: what has to be settled before, the owner's claim. */
  constructor(options: { base: string; slug: string; clock: Clock; after?: Promise<unknown> | undefined }) {
    const { base, slug, clock, after } = options;
    this.slug = slug;
    const open = (): void => {
      if (this.#closed) return;
      this.#connection = connectRoom({
        base,
        slug,
        clock,
        topics: ['chat'],
        listener: (event) => {
          if (!this.#hear(event)) this.view = reduceRoom(this.view, event, clock.now());
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

  /** Told what is said and changed in the chat, until the returned function is called. */
  onChat(listener: (message: ChatMessage) => void): () => void {
    this.#chatListeners.add(listener);
    return () => this.#chatListeners.delete(listener);
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

  #hear(event: RoomEvent): boolean {
    if (event.type !== 'message' || event.message.type !== 'chat') return false;
    const { message, messages = message ? [message] : [] } = event.message;
    for (const said of messages) for (const listener of this.#chatListeners) listener(said);
    return true;
  }
}
