import { ApiError, type ChatMessage, type Clock, type Danmaku } from '../../../src/client/index.ts';
import type { RoomStore } from '../room/room.svelte.ts';

/** A message that cannot be sent for this long has failed. ms */
const GIVE_UP = 20_000;

/** What somebody wants to say. */
export interface Saying {
  text: string;
  replyTo?: ChatMessage;
  danmaku?: Danmaku;
  /** Where the picture is that it is about. s */
  mediaTime?: number;
}

/** A message on its way. */
export interface Draft extends Saying {
  key: number;
  /** Waits for the connection, is asked for, was cut off while it was, or has failed. */
  state: 'waiting' | 'sent' | 'unsure' | 'failed';
  /** What went wrong. */
  failure?: ApiError;
}

export interface OutboxOptions {
  room: RoomStore;
  clock: Clock;
  /** It is durable. */
  said(message: ChatMessage): void;
  /** It was refused. */
  refused(error: ApiError): void;
}

/** Messages on their way to the room, each of which arrives once or is known not to have arrived. */
export class Outbox {
  drafts: readonly Draft[] = $state.raw([]);
  readonly #options: OutboxOptions;
  readonly #cancels = new Map<number, () => void>();
  #keys = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  send(saying: Saying): void {
    const draft: Draft = { ...saying, key: ++this.#keys, state: 'waiting' };
    this.drafts = [...this.drafts, draft];
    void this.#deliver(draft);
  }

  retry({ key }: Draft): void {
    const draft = this.drafts.find((other) => other.key === key);
    if (draft) void this.#deliver(this.#set(draft, 'waiting'));
  }

  drop({ key }: Draft): void {
    this.#cancels.get(key)?.();
    this.#cancels.delete(key);
    this.drafts = this.drafts.filter((draft) => draft.key !== key);
  }

  /** The room listens again; `mine` is what of one's own was missed. What was cut off is among it, or was never said. */
  resumed(mine: readonly ChatMessage[]): void {
    const arrived = [...mine];
    for (const draft of this.drafts) {
      if (draft.state === 'unsure') {
        const at = arrived.findIndex(({ text }) => text === shownText(draft.text));
        if (at >= 0) {
          arrived.splice(at, 1);
          this.drop(draft);
        } else this.#fail(draft, unreachable());
      } else if (draft.state === 'waiting') void this.#deliver(draft);
    }
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
  }

  async #deliver(draft: Draft): Promise<void> {
    const { room, clock, said, refused } = this.#options;
    if (!room.connected) {
      const giveUp = (): void => this.#fail(draft, unreachable());
      if (!this.#cancels.has(draft.key)) this.#cancels.set(draft.key, clock.after(GIVE_UP, giveUp));
      return;
    }
    const { text, replyTo, danmaku, mediaTime } = draft;
    const sent = this.#set(draft, 'sent');
    try {
      const { message } = await room.ask({
        type: 'say',
        text,
        ...(replyTo ? { replyTo: replyTo.id } : {}),
        ...(danmaku ? { danmaku: { mode: danmaku.mode, color: danmaku.color } } : {}),
        ...(mediaTime === undefined ? {} : { mediaTime }),
      });
      this.drop(sent);
      if (message) said(message);
    } catch (error) {
      const failure = error as ApiError;
      if (failure.code === 'unreachable') this.#set(sent, 'unsure');
      else {
        this.#fail(sent, failure);
        refused(failure);
      }
    }
  }

  #fail(draft: Draft, failure: ApiError): void {
    this.#set(draft, 'failed', failure);
  }

  #set({ key }: Draft, state: Draft['state'], failure?: ApiError): Draft {
    this.#cancels.get(key)?.();
    this.#cancels.delete(key);
    const { failure: _old, ...kept } = this.drafts.find((draft) => draft.key === key) ?? ({ key } as Draft);
    const next: Draft = { ...kept, state, ...(failure === undefined ? {} : { failure }) };
    this.drafts = this.drafts.map((draft) => (draft.key === key ? next : draft));
    return next;
  }
}

/** It could not be sent at all. */
function unreachable(): ApiError {
  return new ApiError('unreachable', 0, 'There is no connection to the room.');
}

/** What the server makes of a text that somebody typed. */
function shownText(typed: string): string {
  return typed
    .replaceAll(/[\r\n\t]+/g, ' ')
    .normalize('NFC')
    .replace(/^\/me\s/, '')
    .trim();
}
