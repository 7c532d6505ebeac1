import type { ChatMessage } from './messages.ts';

/** Messages that are kept at once, unless it is said. */
const MOST = 500;

/** What has become of messages that came. */
export interface Added {
  /** Were not known before, in their order. */
  fresh: ChatMessage[];
  /** Others in the place of what was known. */
  changed: ChatMessage[];
}

/**
 * A piece of a room's conversation, without holes: from some message on, everything up to the newest. Messages are in the
 * order in which they were said; one that was changed takes its own place, and an older state of it never comes back.
 */
export class Conversation {
  /** All that is kept, the oldest first. A new list with every change. */
  messages: readonly ChatMessage[] = [];
  /** There is nothing before the first. */
  complete = false;
  readonly #most: number;

  constructor({ most = MOST }: { most?: number } = {}) {
    this.#most = most;
  }

  get oldest(): string | undefined {
    return this.messages[0]?.id;
  }

  find(id: string): ChatMessage | undefined {
    return this.messages[this.#place(id)]?.id === id ? this.messages[this.#place(id)] : undefined;
  }

  /**
   * What was said or changed just now. Changes of what is older than all that is kept are passed over: it comes with its
   * changes when it is asked for. `reading`: somebody reads further up, so twice as much is kept before the oldest goes.
   */
  add(messages: readonly ChatMessage[], { reading = false }: { reading?: boolean } = {}): Added {
    const { oldest } = this;
    const inside = messages.filter(({ id }) => this.complete || oldest === undefined || id >= oldest);
    const added = this.#put(inside);
    const most = reading ? 2 * this.#most : this.#most;
    if (this.messages.length > most) {
      this.messages = this.messages.slice(-most);
      this.complete = false;
    }
    return added;
  }

  /** A page of what was said before the oldest; one with nothing in it is the beginning. */
  addOlder(messages: readonly ChatMessage[]): void {
    if (messages.length === 0) this.complete = true;
    this.#put(messages);
  }

  /** More was missed than was told: all that was known is behind a hole, and `messages` are what was said last. */
  restart(messages: readonly ChatMessage[]): void {
    this.complete = false;
    const first = messages.map(({ id }) => id).sort()[0];
    this.messages = this.messages.filter(({ id }) => first === undefined || id >= first);
    this.#put(messages);
  }

  clear(): void {
    this.messages = [];
    this.complete = false;
  }

  #put(messages: readonly ChatMessage[]): Added {
    const fresh: ChatMessage[] = [];
    const changed: ChatMessage[] = [];
    const kept = [...this.messages];
    for (const message of messages) {
      const place = placeOf(kept, message.id);
      const known = kept[place];
      if (known?.id !== message.id) {
        kept.splice(place, 0, message);
        fresh.push(message);
      } else if (message.rev > known.rev) {
        kept[place] = message;
        changed.push(message);
      }
    }
    if (fresh.length > 0 || changed.length > 0) this.messages = kept;
    return { fresh: fresh.sort((a, b) => (a.id < b.id ? -1 : 1)), changed };
  }

  #place(id: string): number {
    return placeOf(this.messages, id);
  }
}

/** Where a message stands, or would stand. What comes is nearly always the newest. */
function placeOf(messages: readonly ChatMessage[], id: string): number {
  if (messages.length === 0 || messages.at(-1)!.id < id) return messages.length;
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
