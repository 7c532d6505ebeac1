import type { ChatMessage, ChatPush } from '../../client/messages.ts';
import { isAtLeast } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import type { Parcel, SocketPeer } from '../../plugin.ts';

/**
 * What is said waits for what else is said, the longer the more sockets there are: with a write of some 10 µs to each, telling
 * takes no more than a quarter of the time. In a small room nothing waits. µs
 */
const WAIT_PER_SOCKET = 40;
const LONGEST_WAIT = SECOND / 5;
/** Shorter waits only make timers. */
const SHORTEST_WAIT = SECOND / 100;
/** Messages of one piece. */
const MAX_PIECE = 200;

export interface DeliveryOptions {
  scheduler: Scheduler;
  /** Messages a second that those who only watch are told, but for those of the people who look after the room; 0 is all. */
  shown: number;
  /** Sockets in the room. */
  count(): number;
  /** Sends to each who listens what `parcelFor` gives, then calls `done`. */
  deliver(parcelFor: (peer: SocketPeer) => Parcel<ChatPush> | undefined, done: () => void): void;
  /** From 0 to below 1. */
  random(): number;
}

/** Tells a room what is said and changed, several together where many listen, and no more than people can read. */
export class ChatDelivery {
  readonly #options: DeliveryOptions;
  /** Message → as it was last. In the order of revisions. */
  #pending = new Map<string, ChatMessage>();
  /** Who came since the last time → the revision up to which they know everything. */
  #fresh = new Map<SocketPeer, string>();
  #cancel: (() => void) | undefined;
  #toldAt = -Infinity;
  /** Pieces that are on their way: where sockets are many and the machine is busy, more is told together. */
  #telling = 0;
  #allowance: number;
  #allowedAt: number;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#allowance = options.shown;
    this.#allowedAt = options.scheduler.now();
  }

  tell(message: ChatMessage): void {
    // What is changed as soon as it is let through has still been let through.
    const { released } = this.#pending.get(message.id) ?? {};
    // Anew at the end: its revision is the last.
    this.#pending.delete(message.id);
    this.#pending.set(message.id, released && !message.deleted ? { ...message, released } : message);
    if (this.#pending.size >= MAX_PIECE) this.#flush();
    else if (this.#telling === 0) this.#flushSoon();
  }

  /** Somebody has come, who knows everything up to a revision. */
  joined(peer: SocketPeer, heard: string): void {
    if (this.#pending.size > 0) this.#fresh.set(peer, heard);
  }

  #flushSoon(): void {
    if (this.#cancel) return;
    const { scheduler, count } = this.#options;
    const wait = Math.min(LONGEST_WAIT, count() * WAIT_PER_SOCKET);
    const left = wait < SHORTEST_WAIT ? 0 : this.#toldAt + wait - scheduler.now();
    if (left <= 0) this.#flush();
    else this.#cancel = scheduler.after(left, () => this.#flush());
  }

  #told(): void {
    this.#telling--;
    if (this.#telling === 0 && this.#pending.size > 0) this.#flushSoon();
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#telling++;
    this.#toldAt = this.#options.scheduler.now();
    const [all, fresh] = [[...this.#pending.values()], this.#fresh];
    this.#pending = new Map();
    this.#fresh = new Map();
    const open = all.filter(({ held }) => !held).map(seenByAnyone);
    const left = this.#sample(open);
    const shown = open.filter((message) => !left.has(message));
    const named = new Set([...left].flatMap(({ mentions = [] }) => mentions));
    const [full, part] = [parcelOf(all, 0), shown.length > 0 ? parcelOf(shown, left.size) : undefined];
    /** What somebody is told who only watches: whoever is named in what is left out gets that. */
    const newsFor = ({ caller }: SocketPeer): ChatMessage[] => {
      const { id } = caller.identity ?? {};
      if (id === undefined || !named.has(id)) return shown;
      return open.filter((message) => !left.has(message) || message.mentions?.includes(id));
    };
    const parcelFor = (peer: SocketPeer): Parcel<ChatPush> | undefined => {
      const looksAfter = isAtLeast(peer.role, 'moderator');
      const heard = fresh.get(peer);
      const told = looksAfter ? all : newsFor(peer);
      if (heard === undefined) {
        if (looksAfter) return full;
        return told === shown ? part : parcelOf(told, open.length - told.length);
      }
      const news = told.filter(({ rev }) => rev > heard);
      return news.length > 0 ? parcelOf(news, 0) : undefined;
    };
    this.#options.deliver(parcelFor, () => this.#told());
  }

  /** What the audience is not told: a choice by lot, never of what those say who look after the room. */
  #sample(messages: readonly ChatMessage[]): Set<ChatMessage> {
    const { scheduler, shown, random } = this.#options;
    if (shown === 0) return new Set();
    const now = scheduler.now();
    this.#allowance = Math.min(shown, this.#allowance + ((now - this.#allowedAt) * shown) / SECOND);
    this.#allowedAt = now;
    const lots = messages.filter(isOfTheCrowd);
    const drawn = Math.min(lots.length, Math.floor(this.#allowance));
    this.#allowance -= drawn;
    for (let at = 0; at < drawn; at++) {
      const other = at + Math.floor(random() * (lots.length - at));
      [lots[at], lots[other]] = [lots[other]!, lots[at]!];
    }
    return new Set(lots.slice(drawn));
  }
}

/** New, and of somebody who only watches. */
function isOfTheCrowd({ id, rev, kind, user }: ChatMessage): boolean {
  return id === rev && kind !== 'system' && !isAtLeast(user.role, 'moderator');
}

/** A message as everybody may see it: that it is the first of its author is for those who look after the room. */
export function seenByAnyone(message: ChatMessage): ChatMessage {
  if (!message.first) return message;
  const { first: _first, ...rest } = message;
  return rest;
}

function parcelOf(messages: readonly ChatMessage[], skipped: number): Parcel<ChatPush> {
  const rest = skipped > 0 ? { skipped } : {};
  return {
    each: messages.map((message, at) => ({ type: 'chat', message, ...(at === messages.length - 1 ? rest : {}) })),
    batch: { type: 'chat', messages: [...messages], ...rest },
  };
}
