import { SvelteMap } from 'svelte/reactivity';
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
import { StepQueue } from '../room/step-queue.ts';
import { Moderation } from './moderation.ts';
import { Outbox } from './outbox.svelte.ts';
import { TypedText } from './typed-text.svelte.ts';

/** Messages of one page of history, and of what stands there at first. */
const PAGE = 50;
/** How often it is asked whether the picture has come to a message. ms */
const STEP = 200;
/** What was missed for longer than this is not news. ms */
const NEWS = 10_000;
/** How long the server lets its author change a message. ms */
const EDIT_TIME = 5 * 60_000;
/** Names that can be completed. */
const MAX_NAMES = 300;

/** Rules of a room that has not told them. */
const noRules: PublicChatSettings = { slow: 0, links: 'everyone', danmaku: true, guests: 'write', maxLength: 500 };

/** Whether one may read and write, and if not why. */
export type Access = 'connecting' | 'open' | 'read-only' | 'signed-in' | 'locked' | 'banned';

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
  /** So many were left out behind this message, because more was said than people can read. */
  skipped: { after: string | undefined; count: number } | undefined = $state.raw();
  /** Until when one is asked to be silent, and why. */
  silenced: { until: string; reason?: string } | undefined = $state.raw();
  /** One's own message that is being changed. */
  editing: ChatMessage | undefined = $state.raw();
  /** Whose card is open, for those who look after the room. */
  looking: { who: string; name: string } | undefined = $state.raw();
  /** One looks for what was said. */
  searching: boolean = $state(false);
  /** The message that is answered. */
  replyTo: ChatMessage | undefined = $state.raw();
  /** Monotonic time in ms at which one has spoken last. */
  #spokeAt: number = $state(-Infinity);
  readonly room: RoomStore;
  readonly outbox: Outbox;
  readonly moderation: Moderation;
  readonly typed: TypedText;
  /** Names of those who were seen, the latest last. */
  readonly names: Map<string, string> = new Map();
  /** What one has reacted with, as far as this page knows. */
  readonly reacted: SvelteMap<string, ReadonlySet<string>> = new SvelteMap();
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
    this.typed = new TypedText({ names: () => [...this.names.keys()], mine: () => this.myName });
    this.moderation = new Moderation(app, room);
    room.openChat((event) => this.#on(event));
  }

  get access(): Access {
    const { room } = this.room.view;
    if (!room) return 'connecting';
    if (room.role === 'banned') return 'banned';
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
  isForMe({ replyTo, mentions, user }: ChatMessage): boolean {
    const { myId, myName } = this;
    if (myId === undefined || user.id === myId) return false;
    return mentions?.includes(myId) === true || (replyTo !== undefined && replyTo.name === myName);
  }

  /** Monotonic time in ms from which on one may speak again, as one who was asked to be silent. */
  get silentUntil(): number {
    const { silenced } = this;
    if (!silenced) return -Infinity;
    const { clock } = this.#app;
    return Date.parse(silenced.until) - (clock.wall() + (this.room.clockOffset ?? 0)) + clock.now();
  }

  /** One's own message that can still be changed, the last of them. */
  get lastOwn(): ChatMessage | undefined {
    return this.messages.findLast((message) => this.canEdit(message));
  }

  /** Opens somebody’s card. */
  look({ id, name }: ChatMessage['user']): void {
    this.looking = { who: id, name };
  }

  /** Opens or closes the search; what else was open in its place goes. */
  search(on: boolean): void {
    this.searching = on;
    if (on) this.room.configuring = false;
  }

  canEdit({ user, kind, at, deleted }: ChatMessage): boolean {
    const age = this.#app.clock.wall() + (this.room.clockOffset ?? 0) - Date.parse(at);
    return user.id === this.myId && kind !== 'system' && !deleted && age < EDIT_TIME;
  }

  /** Says something else in the place of the message that is being changed. */
  async edit(text: string): Promise<void> {
    const { editing } = this;
    this.editing = undefined;
    if (!editing || text.trim() === editing.text) return;
    try {
      const { message } = await this.room.ask({ type: 'edit', message: editing.id, text });
      if (message) this.#put([message]);
    } catch (error) {
      this.#app.sayError(error);
    }
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
    const mine = new Set(this.reacted.get(id));
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
      this.#skip(messages, event.message.skipped);
    }
  }

  async #listens(answer: OkMessage, since: string | undefined): Promise<void> {
    const { messages = [], gap } = answer;
    this.#recall(messages);
    // Without a message on top there is none.
    this.#note({ pinned: null, silenced: null, ...answer, settings: answer.settings as PublicChatSettings });
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
      this.#recall(messages);
      this.#talk.restart(messages);
      this.#show();
    } catch {
      // The connection is gone again; the next one tells of what came since, and scrolling up of what was before.
      this.#talk.clear();
    }
  }

  /** Answers tell what one has reacted with oneself, pushes do not. */
  #recall(messages: readonly ChatMessage[]): void {
    for (const { id, reacted } of messages) if (reacted) this.reacted.set(id, new Set(reacted));
  }

  async #older(): Promise<void> {
    const before = this.#talk.oldest;
    if (this.#talk.complete || before === undefined) return;
    try {
      const { messages = [] } = await this.room.ask({ type: 'history', before, limit: PAGE });
      this.#recall(messages);
      this.#talk.addOlder(messages);
      this.#show();
    } catch (error) {
      if ((error as ApiError).code !== 'unreachable') this.#app.sayError(error);
    }
  }

  /** What is left out is told in one line, which goes down with what is said. */
  #skip(messages: readonly ChatMessage[], count = 0): void {
    if (count === 0) return;
    this.skipped = { after: messages.at(-1)?.id, count: (this.skipped?.count ?? 0) + count };
  }

  #note({
    pinned,
    silenced,
    settings: rules,
    emotes,
  }: Pick<ChatPush, 'pinned' | 'silenced' | 'settings' | 'emotes'>): void {
    if (silenced !== undefined) this.silenced = silenced ?? undefined;
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
