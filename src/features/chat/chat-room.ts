import type { ChatEvent, ChatMessage } from '../../client/messages.ts';
import { Denied, NotFound } from '../../errors.ts';
import { isAtLeast, type RoomRole } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import { SECOND } from '../../media/time.ts';
import type { ChatCommand, CommandAnswer, Saying } from '../../plugin.ts';
import { type Arrival, ChatArrivals } from './chat-arrivals.ts';
import { commandIn } from './chat-command.ts';
import type { ChatLog, Page } from './chat-log.ts';
import { MAX_PAGE, messageOf } from './chat-log.ts';
import { ChatPace } from './chat-pace.ts';
import { type ChatSettings, defaultSettings } from './chat-settings.ts';
import { type Author, ChatSpeakers, type ChatSpeakersOptions } from './chat-speakers.ts';
import type { MessageRow } from './chat-tables.ts';
import { MessageIds, timeOfId } from './message-ids.ts';
import { MessageRules } from './message-rules.ts';
import { readMessageText } from './message-text.ts';
import { TellingOrder } from './telling-order.ts';
import { Undoable } from './undoable.ts';

/** How long its author may change a message. */
const EDIT_TIME = 5 * 60 * SECOND;
/** A picture that is seen lies at most so many seconds behind the newest, and hardly ahead of it. */
const [MAX_BEHIND, MAX_AHEAD] = [120, 2];

export interface ChatRoomOptions extends ChatSpeakersOptions {
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
  readonly #speakers: ChatSpeakers;
  readonly #arrivals: ChatArrivals;
  #rules: MessageRules;
  readonly #order = new TellingOrder<ChatMessage>((message) => this.#tell(message));
  readonly #undoable: Undoable;

  constructor(options: ChatRoomOptions) {
    this.#options = options;
    this.#ids = new MessageIds(options.lastRev);
    this.settings = options.settings ?? defaultSettings;
    this.#rules = new MessageRules(this.settings);
    this.#pace = new ChatPace(options.scheduler, options.accepted);
    this.#undoable = new Undoable(options.scheduler);
    this.#speakers = new ChatSpeakers(options);
    this.#arrivals = new ChatArrivals({ room: options.room, log: options.log, rev: this.#newId() });
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
    const { id: who, name } = this.#speakers.speaker(author);
    const trusted = isAtLeast(author.role, 'moderator');
    const { text, held: heldByRule } = this.#rules.judge(typed, { trusted, signedIn: author.role !== 'guest' });
    if (saying.danmaku && !this.settings.danmaku)
      throw new Denied('not-allowed', 'Comments do not fly over the picture in this room.');
    if (!answers) this.#takePace(author, who, text);
    const asked = answers ? { held: false } : await this.#options.ask(author, text);
    const first = !(await this.#speakers.knows(who));
    const held = heldByRule || (!trusted && (asked.held || (first && this.settings.holdFirst)));
    const quoted = saying.replyTo === undefined ? undefined : await this.#row(saying.replyTo);
    const mentions = await this.#speakers.mentions(text, { id: who, name });
    return this.#order.take(async () => {
      const id = this.#newId();
      const row: MessageRow = {
        ...{ id, rev: id, room, kind, who, name, role: author.role, text, mentions },
        ...{ reply_to: quoted?.id ?? null, danmaku: saying.danmaku ? JSON.stringify(saying.danmaku) : null },
        ...this.#when(saying.mediaTime),
        ...{ state: held ? 'held' : 'said', edited: null, deleted_by: null, first: first ? 1 : 0 },
      };
      await log.add(row).catch((error: unknown) => {
        if (first) this.#speakers.forget(who);
        throw error;
      });
      return messageOf(row, { quote: quoted });
    });
  }

  /** What is answered to a command; what is typed is told to nobody. Throws `not-found` for one that nobody knows. */
  async #answer(author: Author, command: ChatCommand): Promise<ChatMessage> {
    const { id } = this.#speakers.speaker(author);
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
    const { maxLength, scheduler } = this.#options;
    const { text: read } = readMessageText(typed, maxLength);
    const { id: who, name } = this.#speakers.speaker(author);
    const row = await this.#row(id);
    if (row.who !== who || row.kind === 'system') throw new Denied('denied', 'Only its author changes a message.');
    if ((scheduler.wall() - timeOfId(row.id)) * 1000 > EDIT_TIME)
      throw new Denied('denied', 'A message can be changed for five minutes.');
    const speaker = { trusted: isAtLeast(author.role, 'moderator'), signedIn: author.role !== 'guest' };
    const { text, held } = this.#rules.judge(read, speaker);
    // What others have seen does not go back to waiting.
    if (held && row.state === 'said')
      throw new Denied('not-allowed', 'This room does not allow one of these words.', { why: 'word' });
    const mentions = await this.#speakers.mentions(text, { id: who, name });
    return this.#change(row, { text, mentions, edited: isoTime(scheduler.wall()) });
  }

  /** Takes a message away: its author's own, or as one who looks after the room any. */
  async delete(author: Author, id: string): Promise<ChatMessage> {
    const row = await this.#row(id);
    const { id: who } = this.#speakers.known(author);
    if (row.who !== who && !isAtLeast(author.role, 'moderator'))
      throw new Denied('denied', 'Only its author, or who looks after the room, takes a message away.');
    const gone = await this.#change(row, { state: 'deleted', deleted_by: who });
    if (row.who === who) this.#undoable.add(row);
    return gone;
  }

  /** Lets a message through that is held back, or brings one back that was taken away. */
  async release(id: string): Promise<ChatMessage> {
    const row = await this.#row(id, true);
    if (row.state === 'said') return this.#options.log.message(row);
    const released = row.state === 'held' ? { released: true as const } : {};
    return this.#change(row, { state: 'said', deleted_by: null }, released);
  }

  /**
   * Brings a message back that was taken away: who looks after the room what somebody else than its author took away, an
   * author what they took away just now. Undefined where there is no such message.
   */
  async restore(author: Author, id: string): Promise<ChatMessage | undefined> {
    const { log, room } = this.#options;
    const row = await log.row(room, id);
    if (row?.state !== 'deleted') return undefined;
    const { id: who } = this.#speakers.known(author);
    if (row.deleted_by !== row.who)
      return isAtLeast(author.role, 'moderator') ? this.#change(row, { state: 'said', deleted_by: null }) : undefined;
    if (row.who !== who) return undefined;
    this.#speakers.speaker(author);
    // What waited to be let through waits on.
    const state = this.#undoable.take(id);
    return state && this.#change(row, { state, deleted_by: null });
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
    const { id: who } = this.#speakers.speaker(author);
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

  /** As `ChatArrivals.arrive`. Throws for those who may not read. */
  async arrive(author: Author, since: string | undefined): Promise<() => Arrival & { heard: string }> {
    this.checkReading(author);
    return this.#arrivals.arrive(author, since);
  }

  /** Throws `denied`, `sign-in` for those who may not even read. */
  checkReading(author: Author): void {
    this.#speakers.checkReading(author);
  }

  async #row(id: string, deleted = false): Promise<MessageRow> {
    const row = await this.#options.log.row(this.#options.room, id);
    if (!row || (row.state === 'deleted' && !deleted)) throw new NotFound('There is no such message.');
    return row;
  }

  /** `news`: what is told with it this once. */
  #change(row: MessageRow, columns: Partial<MessageRow>, news: { released?: true } = {}): Promise<ChatMessage> {
    const { log } = this.#options;
    return this.#order.take(async () => {
      const changed = { ...columns, rev: this.#newId() };
      await log.change(row.id, changed);
      return { ...(await log.message({ ...row, ...changed })), ...news };
    });
  }

  #tell(message: ChatMessage): void {
    this.#arrivals.push(message);
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
