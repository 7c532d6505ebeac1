import {
  type ApiError,
  type ChatMessage,
  type ChatPush,
  type Emote,
  type OkMessage,
  type PublicChatSettings,
  type RoomEvent,
} from '../../../src/client/index.ts';
import { Conversation } from '../../../src/client/conversation.ts';
import type { App } from '../app.svelte.ts';
import type { Player } from '../player/player.svelte.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import { Moderation } from './moderation.ts';
import { Outbox } from './outbox.svelte.ts';
import { StepQueue } from './step-queue.ts';

/** Messages of one page of history, and of what stands there at first. */
const PAGE = 50;
/** How often it is asked whether the picture has come to a message. ms */
const STEP = 200;
/** What was missed for longer than this is not news. ms */
const NEWS = 10_000;
/** Names that can be completed. */
const MAX_NAMES = 300;

/** Rules of a room that has not told them. */
const noRules: PublicChatSettings = { slow: 0, links: 'everyone', danmaku: true, guests: 'write', maxLength: 500 };

/** Whether one may read and write, and if not why. */
export type Access = 'connecting' | 'open' | 'read-only' | 'signed-in' | 'locked';

/** The chat of the page's room. */
export class ChatStore {
  /** What is shown, the oldest first. */
  messages: readonly ChatMessage[] = $state.raw([]);
  rules: PublicChatSettings = $state.raw(noRules);
  emotes: readonly Emote[] = $state.raw([]);
  pinned: ChatMessage | undefined = $state.raw();
  /** Slow mode became another one behind this message. */
  slowChange: { after: string | undefined; slow: number } | undefined = $state.raw();
  /** There is nothing before the first message. */
  complete: boolean = $state(false);
  /** The message that is answered. */
  replyTo: ChatMessage | undefined = $state.raw();
  /** Monotonic time in ms at which one has spoken last. */
  #spokeAt: number = $state(-Infinity);
  readonly room: RoomStore;
  readonly outbox: Outbox;
  readonly moderation: Moderation;
  /** Names of those who were seen, the latest last. */
  readonly names: Map<string, string> = new Map();
  /** What one has reacted with, as far as this page knows. */
  readonly reacted: Map<string, Set<string>> = new Map();
  /** The chat has answered, or said why not. */
  #listening: 'no' | 'yes' | 'sign-in' = $state('no');
  readonly #app: App;
  readonly #player: Player;
  readonly #talk = new Conversation();
  readonly #queue = new StepQueue();
  #cancelStep: (() => void) | undefined;
  #loading: Promise<void> | undefined;
  #reading = false;

  constructor(app: App, room: RoomStore, player: Player) {
    this.#app = app;
    this.room = room;
    this.#player = player;
    this.outbox = new Outbox({
      room,
      clock: app.clock,
      said: (message) => this.#said(message),
      refused: (error) => this.#refused(error),
    });
    this.moderation = new Moderation(app, room);
    room.openChat((event) => this.#on(event));
  }

  get access(): Access {
    const { room } = this.room.view;
    if (!room) return 'connecting';
    if (!room.admitted || this.room.view.link === 'refused') return 'locked';
    if (this.#listening === 'sign-in' || (room.role === 'guest' && room.guests === 'off')) return 'signed-in';
    if (this.#listening === 'no') return 'connecting';
    return room.role === 'guest' && room.guests === 'read' ? 'read-only' : 'open';
  }

  /** Looks after the room. */
  get moderates(): boolean {
    const role = this.room.view.room?.role;
    return role === 'owner' || role === 'moderator';
  }

  /** Monotonic time in ms from which on one may speak again. */
  get quietUntil(): number {
    return this.moderates ? -Infinity : this.#spokeAt + this.rules.slow * 1000;
  }

  get myId(): string | undefined {
    return this.#app.account.user?.id;
  }

  get myName(): string | undefined {
    return this.#app.account.user?.name;
  }

  /** Held back until somebody who looks after the room lets it through. */
  get held(): readonly ChatMessage[] {
    return this.messages.filter(({ held, deleted }) => held && !deleted);
  }

  /** Somebody reads further up: what is there must not go. */
  set reading(reading: boolean) {
    this.#reading = reading;
  }

  /** Somebody spoke of me, or answered me. */
  isForMe({ replyTo, text, user }: ChatMessage): boolean {
    const { myName } = this;
    if (myName === undefined || user.id === this.myId) return false;
    return replyTo?.name === myName || text.toLowerCase().includes(`@${myName.toLowerCase()}`);
  }

  say(text: string): void {
    const { fly } = this.#app.settings;
    const mediaTime = this.#player.position?.mediaTime;
    this.outbox.send({
      text,
      ...(this.replyTo ? { replyTo: this.replyTo } : {}),
      ...(fly.on && this.rules.danmaku ? { danmaku: { mode: fly.mode, color: fly.color } } : {}),
      ...(mediaTime === undefined ? {} : { mediaTime }),
    });
    this.replyTo = undefined;
  }

  async react({ id }: ChatMessage, emoji: string): Promise<void> {
    const mine = this.reacted.get(id) ?? new Set();
    const on = !mine.has(emoji);
    try {
      const { message } = await this.room.ask({ type: 'react', message: id, emoji, on });
      if (on) mine.add(emoji);
      else mine.delete(emoji);
      this.reacted.set(id, mine);
      if (message) this.#put([message]);
    } catch (error) {
      this.#app.sayError(error);
    }
  }

  /** Brings the page before the oldest message. Resolves when it is there. */
  older(): Promise<void> {
    this.#loading ??= this.#older().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  close(): void {
    this.#cancelStep?.();
    this.outbox.close();
  }

  #on(event: RoomEvent): void {
    if (event.type === 'listening') void this.#listens(event.answer, event.since);
    else if (event.type === 'deaf' && event.error.code === 'sign-in') this.#listening = 'sign-in';
    else if (event.type === 'message' && event.message.type === 'chat') {
      const { message, messages = message ? [message] : [] } = event.message;
      this.#note(event.message);
      this.#arrived(messages);
    }
  }

  async #listens(answer: OkMessage, since: string | undefined): Promise<void> {
    const { messages = [], gap } = answer;
    // Without a message on top there is none.
    this.#note({ pinned: null, ...answer, settings: answer.settings as PublicChatSettings });
    this.#listening = 'yes';
    if (since === undefined) {
      // The first of this page, or the last fifty once more of a room in which nothing had been said.
      this.#talk.add(messages);
      if (messages.length < PAGE) this.#talk.addOlder([]);
    } else if (gap) await this.#restart();
    else {
      const known = new Set(this.messages.map(({ id }) => id));
      const now = this.#app.clock.wall() + (this.room.clockOffset ?? 0);
      const isNews = ({ id, at }: ChatMessage): boolean => !known.has(id) && now - Date.parse(at) < NEWS;
      this.#put(messages.filter((message) => !isNews(message)));
      this.#arrived(messages.filter(isNews));
    }
    this.#show();
    this.outbox.resumed(messages.filter(({ user }) => user.id === this.myId));
  }

  /** More was missed than is told at once. */
  async #restart(): Promise<void> {
    try {
      const { messages = [] } = await this.room.ask({ type: 'history', limit: PAGE });
      this.#talk.restart(messages);
      this.#show();
    } catch {
      // The connection is gone again; the next one tells of what came since, and scrolling up of what was before.
      this.#talk.clear();
    }
  }

  async #older(): Promise<void> {
    const before = this.#talk.oldest;
    if (this.#talk.complete || before === undefined) return;
    try {
      const { messages = [] } = await this.room.ask({ type: 'history', before, limit: PAGE });
      this.#talk.addOlder(messages);
      this.#show();
    } catch (error) {
      if ((error as ApiError).code !== 'unreachable') this.#app.sayError(error);
    }
  }

  #note({ pinned, settings: rules, emotes }: Pick<ChatPush, 'pinned' | 'settings' | 'emotes'>): void {
    if (pinned !== undefined) this.pinned = pinned ?? undefined;
    if (emotes) this.emotes = emotes;
    if (!rules) return;
    if (this.#listening === 'yes' && rules.slow !== this.rules.slow)
      this.slowChange = { after: this.messages.at(-1)?.id, slow: rules.slow };
    this.rules = rules;
  }

  /** What was said just now: shown at once, or when the picture has come so far. */
  #arrived(messages: readonly ChatMessage[]): void {
    const now = this.#app.clock.now();
    const { position } = this.#player;
    const shown = messages.filter((message) => {
      if (this.#queue.change(message)) return false;
      // What waits for those who look after the room does not wait for the picture, too.
      const known = message.held || message.user.id === this.myId || this.#talk.find(message.id) !== undefined;
      return known || !this.#app.settings.inStep || !this.#queue.take(message, position, now);
    });
    this.#put(shown);
    this.#awaitStep();
  }

  #awaitStep(): void {
    if (this.#queue.size > 0) this.#cancelStep ??= this.#app.clock.after(STEP, () => this.#step());
  }

  #step(): void {
    this.#cancelStep = undefined;
    const position = this.#app.settings.inStep ? this.#player.position : undefined;
    this.#put(this.#queue.due(position, this.#app.clock.now()));
    this.#awaitStep();
  }

  #put(messages: readonly ChatMessage[]): void {
    // What was taken away before it was seen here leaves no trace.
    const seen = messages.filter(({ id, deleted }) => !deleted || this.#talk.find(id));
    if (seen.length === 0) return;
    this.#talk.add(seen, { reading: this.#reading });
    this.#show();
  }

  #show(): void {
    this.messages = this.#talk.messages;
    this.complete = this.#talk.complete;
    for (const { kind, user } of this.messages.slice(-PAGE)) {
      if (kind === 'system' || user.name === '') continue;
      this.names.delete(user.name);
      this.names.set(user.name, user.id);
    }
    for (const name of this.names.keys()) {
      if (this.names.size <= MAX_NAMES) break;
      this.names.delete(name);
    }
  }

  #said(message: ChatMessage): void {
    this.#put([message]);
    this.#spokeAt = this.#app.clock.now();
  }

  #refused({ code }: ApiError): void {
    if (code === 'slow-mode') this.#spokeAt = this.#app.clock.now();
  }
}
