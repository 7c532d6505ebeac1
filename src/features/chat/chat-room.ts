import type { ChatEvent, ChatMessage } from '../../client/messages.ts';
import { Denied, NotFound } from '../../errors.ts';
import { isAtLeast, type Identity, type Remote, type RoomRole } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import { SECOND } from '../../media/time.ts';
import type { ChatCommand, CommandAnswer, Saying } from '../../plugin.ts';
import { commandIn } from './chat-command.ts';
import type { ChatLog, Page } from './chat-log.ts';
import { MAX_PAGE, messageOf } from './chat-log.ts';
import { ChatPace } from './chat-pace.ts';
import { type ChatSettings, defaultSettings } from './chat-settings.ts';
import type { MessageRow } from './chat-tables.ts';
import { mentionsOf } from './mentions.ts';
import { MessageIds, timeOfId } from './message-ids.ts';
import { MessageRules } from './message-rules.ts';
import { readMessageText } from './message-text.ts';
import { RecentSpeakers } from './recent-speakers.ts';
import { TellingOrder } from './telling-order.ts';
import { Undoable } from './undoable.ts';

/** What was pushed last, for those who come back. */
const RING = 300;
/** Messages that one who comes back is told at most; further back there is a gap. */
const MAX_MISSED = 500;
/** How many stand there for one who comes. */
const RECENT = 50;
/** People whose first message is remembered not to be their next. */
const MAX_SPEAKERS = 20_000;
/** How long its author may change a message. */
const EDIT_TIME = 5 * 60 * SECOND;
/** A picture that is seen lies at most so many seconds behind the newest, and hardly ahead of it. */
const [MAX_BEHIND, MAX_AHEAD] = [120, 2];

/** Somebody who speaks, over whichever protocol. */
export interface Author {
  readonly identity: Identity | undefined;
  readonly role: RoomRole;
  /** Where they sit: guests are many as soon as they like. */
  readonly remote: Remote;
}

/** What there is to know at once for one who comes, or comes back. */
export interface Arrival {
  messages: ChatMessage[];
  /** More was missed than is told. */
  gap?: true;
}

export interface ChatRoomOptions {
  /** The room's id. */
  room: string;
  log: ChatLog;
  /** The last revision of it in the database. */
  lastRev: string | undefined;
  scheduler: Scheduler;
  settings: ChatSettings | undefined;
  /** Characters of one message. */
  maxLength: number;
  /** Messages a second that the room takes; 0 is no limit. */
  accepted: number;
  /** The newest moment of the stream, in seconds of its broadcast; undefined while nothing is live. */
  moment(): { broadcast: string; mediaTime: number } | undefined;
  /** May guests write, only read, or nothing? */
  guests(): 'write' | 'read' | 'off';
  /** Until when somebody is to be silent, as ISO 8601. */
  silentUntil(who: string): string | undefined;
  /** The account of a name. */
  accountNamed(name: string): string | undefined;
  /** Throws what keeps this from being said, beside the room's own rules. */
  ask(author: Author, text: string): Promise<{ held: boolean }>;
  /** The answer to a command; undefined where nobody knows it. */
  answer(author: Author, command: ChatCommand): Promise<CommandAnswer & { role: RoomRole }> | undefined;
  push(message: ChatMessage): void;
}

/** The conversation of one room: durable before it is told, and told in one order. */
export class ChatRoom {
  settings: ChatSettings;
  readonly #options: ChatRoomOptions;
  readonly #ids: MessageIds;
  readonly #pace: ChatPace;
  readonly #spoken = new Set<string>();
  #speakers: Promise<RecentSpeakers> | undefined;
  #rules: MessageRules;
  readonly #order = new TellingOrder<ChatMessage>((message) => this.#tell(message));
  readonly #undoable: Undoable;
  /** What was pushed last, in the order of revisions. */
  #ring: ChatMessage[] = [];
  /** Everything after this revision is in the ring. */
  #ringFrom: string;

  constructor(options: ChatRoomOptions) {
    this.#options = options;
    this.#ids = new MessageIds(options.lastRev);
    this.settings = options.settings ?? defaultSettings;
    this.#rules = new MessageRules(this.settings);
    this.#pace = new ChatPace(options.scheduler, options.accepted);
    this.#undoable = new Undoable(options.scheduler);
    this.#ringFrom = this.#newId();
  }

  /** Other rules hold from now on. */
  change(settings: ChatSettings): void {
    this.settings = settings;
    this.#rules = new MessageRules(settings);
  }

  /**
   * Says something. Resolves with the message once it is durable; it is told to the others then. A command is answered
   * instead, with the message that answers it.
   */
  async say(author: Author, saying: Saying): Promise<ChatMessage> {
    const command = commandIn(saying.text);
    return command ? this.#answer(author, command) : this.#say(author, saying);
  }

  /** `answers`: it is the answer to a command, whose author has waited and was asked. */
  async #say(author: Author, saying: Saying, { answers = false } = {}): Promise<ChatMessage> {
    const { log, maxLength, room } = this.#options;
    const { kind, text: typed } = readMessageText(saying.text, maxLength);
    const { id: who, name } = this.#speaker(author);
    const trusted = isAtLeast(author.role, 'moderator');
    const { text, held: heldByRule } = this.#rules.judge(typed, { trusted, signedIn: author.role !== 'guest' });
    if (saying.danmaku && !this.settings.danmaku)
      throw new Denied('not-allowed', 'Comments do not fly over the picture in this room.');
    if (!answers) this.#takePace(author, who, text);
    const asked = answers ? { held: false } : await this.#options.ask(author, text);
    const first = !(await this.#knows(who));
    const held = heldByRule || (!trusted && (asked.held || (first && this.settings.holdFirst)));
    const quoted = saying.replyTo === undefined ? undefined : await this.#row(saying.replyTo);
    const mentions = await this.#mentions(text, { id: who, name });
    return this.#order.take(async () => {
      const id = this.#newId();
      const row: MessageRow = {
        ...{ id, rev: id, room, kind, who, name, role: author.role, text, mentions },
        ...{ reply_to: quoted?.id ?? null, danmaku: saying.danmaku ? JSON.stringify(saying.danmaku) : null },
        ...this.#when(saying.mediaTime),
        ...{ state: held ? 'held' : 'said', edited: null, deleted_by: null, first: first ? 1 : 0 },
      };
      await log.add(row).catch((error: unknown) => {
        // What was not kept was not said: the next is the first still.
        if (first) this.#spoken.delete(who);
        throw error;
      });
      return messageOf(row, { quote: quoted });
    });
  }

  /** What is answered to a command; what is typed is told to nobody. Throws `not-found` for one that nobody knows. */
  async #answer(author: Author, command: ChatCommand): Promise<ChatMessage> {
    const { id } = this.#speaker(author);
    const rev = this.#newId();
    // The same command again is no message that was sent twice.
    this.#takePace(author, id, rev);
    const { name } = command;
    const rest = command.rest === '' ? '' : readMessageText(command.rest, this.#options.maxLength).text;
    const answer = this.#options.answer(author, { name, rest });
    if (!answer) throw new NotFound(`There is no command “/${name}” in this room; “/help” names those there are.`);
    const { text, to, by, role } = await answer;
    if (to === 'room' && text !== '')
      return this.#say({ identity: by, role, remote: author.remote }, { text }, { answers: true });
    const user = { id: by.id, name: by.name ?? '', role };
    return { id: rev, rev, kind: 'say', user, text, at: isoTime(this.#options.scheduler.wall()), private: true };
  }

  #takePace({ role, remote }: Author, who: string, text: string): void {
    if (role === 'guest') this.#pace.takeFrom(remote.address);
    if (!isAtLeast(role, 'moderator')) this.#pace.take(who, text, this.settings.slow);
  }

  /** Tells what happens to the stream. */
  async announce(event: ChatEvent): Promise<void> {
    await this.#order.take(async () => {
      const id = this.#newId();
      const row: MessageRow = {
        ...{
          id,
          rev: id,
          room: this.#options.room,
          kind: 'system',
          who: 'system',
          name: '',
          role: 'owner',
          text: event,
        },
        ...{ reply_to: null, danmaku: null, ...this.#when(undefined) },
        ...{ state: 'said', edited: null, deleted_by: null, first: 0, mentions: null },
      };
      await this.#options.log.add(row);
      return messageOf(row);
    });
  }

  /** Says something else in its place; within five minutes, by its author alone. */
  async edit(author: Author, id: string, typed: string): Promise<ChatMessage> {
    const { log, maxLength, scheduler } = this.#options;
    const { text: read } = readMessageText(typed, maxLength);
    const { id: who, name } = this.#speaker(author);
    const row = await this.#row(id);
    if (row.who !== who || row.kind === 'system') throw new Denied('denied', 'Only its author changes a message.');
    if ((scheduler.wall() - timeOfId(row.id)) * 1000 > EDIT_TIME)
      throw new Denied('denied', 'A message can be changed for five minutes.');
    const speaker = { trusted: isAtLeast(author.role, 'moderator'), signedIn: author.role !== 'guest' };
    const { text, held } = this.#rules.judge(read, speaker);
    // What others have seen does not go back to waiting.
    if (held && row.state === 'said') throw new Denied('not-allowed', 'This room does not allow one of these words.');
    const mentions = await this.#mentions(text, { id: who, name });
    return this.#change(row, { text, mentions, edited: isoTime(scheduler.wall()) }, log);
  }

  /** Takes a message away: its author's own, or as one who looks after the room any. */
  async delete(author: Author, id: string): Promise<ChatMessage> {
    const row = await this.#row(id);
    const { id: who } = this.#known(author);
    if (row.who !== who && !isAtLeast(author.role, 'moderator'))
      throw new Denied('denied', 'Only its author, or who looks after the room, takes a message away.');
    const gone = await this.#change(row, { state: 'deleted', deleted_by: who }, this.#options.log);
    if (row.who === who) this.#undoable.add(row);
    return gone;
  }

  /** Lets a message through that is held back, or brings one back that was taken away. */
  async release(id: string): Promise<ChatMessage> {
    const row = await this.#row(id, true);
    if (row.state === 'said') return this.#options.log.message(row);
    return this.#change(row, { state: 'said', deleted_by: null }, this.#options.log);
  }

  /**
   * Brings a message back that was taken away: who looks after the room what somebody else than its author took away, an
   * author what they took away just now. Undefined where there is no such message.
   */
  async restore(author: Author, id: string): Promise<ChatMessage | undefined> {
    const { log, room } = this.#options;
    const row = await log.row(room, id);
    if (row?.state !== 'deleted') return undefined;
    const { id: who } = this.#known(author);
    if (row.deleted_by !== row.who)
      return isAtLeast(author.role, 'moderator')
        ? this.#change(row, { state: 'said', deleted_by: null }, log)
        : undefined;
    if (row.who !== who) return undefined;
    this.#speaker(author);
    // What waited to be let through waits on.
    const state = this.#undoable.take(id);
    return state && this.#change(row, { state, deleted_by: null }, log);
  }

  /** A message that everybody sees. Throws `not-found`. */
  async find(id: string): Promise<ChatMessage> {
    const row = await this.#row(id);
    if (row.state === 'held') throw new NotFound('This message waits to be let through.');
    return this.#options.log.message(row);
  }

  /** Reacts to a message, or does no more. */
  async react(author: Author, id: string, { emoji, on }: { emoji: string; on: boolean }): Promise<ChatMessage> {
    const { log, room } = this.#options;
    const { id: who } = this.#speaker(author);
    const row = await this.#row(id);
    return this.#order.take(async () => {
      const rev = this.#newId();
      await log.react({ message: row.id, who, emoji }, { on, rev });
      return log.message({ ...((await log.row(room, row.id)) ?? row), rev });
    });
  }

  /** What was said, further and further back. */
  async history(author: Author, page: Omit<Page, 'held'>): Promise<ChatMessage[]> {
    this.checkReading(author);
    const { log, room } = this.#options;
    const limit = Math.min(page.limit, MAX_PAGE);
    const messages = await log.page(room, { ...page, limit, held: isAtLeast(author.role, 'moderator') });
    return messages.map(await log.reactedBy(author.identity?.id, messages));
  }

  search(author: Author, text: string, page: Pick<Page, 'before' | 'limit'>): Promise<ChatMessage[]> {
    this.checkReading(author);
    return this.#options.log.search(this.#options.room, text, page);
  }

  /**
   * Gets ready what one who comes, or comes back, has to know. The function that it gives is called in the moment from which
   * on they hear what is pushed: nothing is lost between the two.
   */
  async arrive(author: Author, since: string | undefined): Promise<() => Arrival & { heard: string }> {
    this.checkReading(author);
    const { log, room } = this.#options;
    const sees = (message: ChatMessage): boolean => !message.held || isAtLeast(author.role, 'moderator');
    let known: ChatMessage[] = [];
    let upTo = since;
    if (since === undefined) known = await this.history(author, { limit: RECENT });
    else if (since < this.#ringFrom) known = await log.since(room, since, MAX_MISSED);
    for (const { rev } of known) if (upTo === undefined || rev > upTo) upTo = rev;
    const gap = since !== undefined && known.length >= MAX_MISSED;
    const own = await log.reactedBy(author.identity?.id, [...known, ...this.#ring]);
    return () => {
      const later = this.#ring.filter(({ rev }) => upTo === undefined || rev > upTo);
      const messages = [...known.filter(({ id }) => !later.some((newer) => newer.id === id)), ...later]
        .filter(sees)
        .map(own);
      const heard = later.at(-1)?.rev ?? upTo ?? this.#ringFrom;
      return { messages, heard, ...(gap ? { gap: true as const } : {}) };
    };
  }

  /** Throws for those who may not even read. */
  checkReading({ role }: Author): void {
    if (role === 'banned') throw new Denied();
    if (role === 'guest' && this.#options.guests() === 'off')
      throw new Denied('sign-in', 'The chat of this room is for those who have signed in.');
  }

  /** Who it is that speaks. Throws what keeps them from speaking. */
  #speaker(author: Author): { id: string; name: string } {
    this.checkReading(author);
    const { guests, silentUntil } = this.#options;
    if (author.role === 'guest' && guests() !== 'write')
      throw new Denied('sign-in', 'In this room those write who have signed in.');
    const { id, name } = this.#known(author);
    if (name === undefined) throw new Denied('name-needed');
    const until = silentUntil(id);
    if (until !== undefined) throw new Denied('timed-out', `You can write again at ${until}.`);
    return { id, name };
  }

  #known({ identity }: Author): Identity {
    if (!identity) throw new Denied('name-needed');
    return identity;
  }

  /** Whom a text names, as it is kept; and its author is known from now on. */
  async #mentions(text: string, author: { id: string; name: string }): Promise<string | null> {
    const speakers = await (this.#speakers ??= this.#recentSpeakers());
    speakers.add(author);
    const { accountNamed } = this.#options;
    const ids = mentionsOf(text, (name) => accountNamed(name) ?? speakers.idOf(name));
    return ids.length > 0 ? JSON.stringify(ids) : null;
  }

  async #recentSpeakers(): Promise<RecentSpeakers> {
    const speakers = new RecentSpeakers();
    const said = await this.#options.log.page(this.#options.room, { limit: MAX_PAGE, held: false });
    for (const { kind, user } of said) if (kind !== 'system') speakers.add(user);
    return speakers;
  }

  /** Whether somebody has spoken here before. */
  async #knows(who: string): Promise<boolean> {
    const { log, room } = this.#options;
    if (this.#spoken.has(who)) return true;
    const known = await log.knows(room, who);
    if (this.#spoken.size >= MAX_SPEAKERS) this.#spoken.clear();
    this.#spoken.add(who);
    return known;
  }

  async #row(id: string, deleted = false): Promise<MessageRow> {
    const row = await this.#options.log.row(this.#options.room, id);
    if (!row || (row.state === 'deleted' && !deleted)) throw new NotFound('There is no such message.');
    return row;
  }

  #change(row: MessageRow, columns: Partial<MessageRow>, log: ChatLog): Promise<ChatMessage> {
    return this.#order.take(async () => {
      const changed = { ...columns, rev: this.#newId() };
      await log.change(row.id, changed);
      return log.message({ ...row, ...changed });
    });
  }

  #tell(message: ChatMessage): void {
    this.#ring.push(message);
    if (this.#ring.length > RING) {
      const gone = this.#ring.splice(0, this.#ring.length - RING);
      this.#ringFrom = gone.at(-1)!.rev;
    }
    this.#options.push(message);
  }

  /** Where the picture is that something is said about. */
  #when(mediaTime: number | undefined): Pick<MessageRow, 'broadcast' | 'media_time'> {
    const now = this.#options.moment();
    if (!now) return { broadcast: null, media_time: null };
    const { broadcast, mediaTime: newest } = now;
    const seen = mediaTime !== undefined && mediaTime <= newest + MAX_AHEAD && mediaTime >= newest - MAX_BEHIND;
    return { broadcast, media_time: Math.round((seen ? mediaTime : newest) * 1000) / 1000 };
  }

  #newId(): string {
    return this.#ids.next(this.#options.scheduler.wall());
  }
}
