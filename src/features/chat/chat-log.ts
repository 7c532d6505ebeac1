import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { ChatEvent, ChatMessage, Danmaku } from '../../client/messages.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import { type ChatTables, MESSAGE_TEXT, type MessageRow } from './chat-tables.ts';
import { timeOfId } from './message-ids.ts';
import { WriteQueue } from './write-queue.ts';

/** Most that one reading gives. */
export const MAX_PAGE = 100;
/** What of a message stands above an answer to it. */
const QUOTE = 120;

/** What to read of a room. */
export interface Page {
  /** Id of a message: those before it. */
  before?: string | undefined;
  /** At most `MAX_PAGE`. */
  limit: number;
  /** Those that are held back, too. */
  held: boolean;
}

/** Everything that was said, in the database. */
export class ChatLog {
  readonly #db: Kysely<ChatTables>;
  readonly #dialect: Store['dialect'];
  readonly #writes: WriteQueue<Transaction<ChatTables>>;

  constructor({ db, dialect }: Pick<Store, 'db' | 'dialect'>, scheduler: Pick<Scheduler, 'after'>) {
    this.#db = db.withTables<ChatTables>();
    this.#dialect = dialect;
    this.#writes = new WriteQueue(scheduler, (run) => this.#db.transaction().execute(run));
  }

  /** Writes a new message. Resolves once it is durable. */
  add(row: MessageRow): Promise<void> {
    return this.#writes.add(
      async (transaction) => void (await transaction.insertInto('messages').values(row).execute()),
    );
  }

  /** Writes what has changed of a message. Resolves once it is durable. */
  change(id: string, columns: Partial<MessageRow> & Pick<MessageRow, 'rev'>): Promise<void> {
    return this.#writes.add(
      async (transaction) =>
        void (await transaction.updateTable('messages').set(columns).where('id', '=', id).execute()),
    );
  }

  /** Adds somebody's reaction to a message, or takes it away, with the message's new revision. */
  react(reaction: ChatTables['reactions'], { on, rev }: { on: boolean; rev: string }): Promise<void> {
    return this.#writes.add(async (transaction) => {
      if (on)
        await transaction
          .insertInto('reactions')
          .values(reaction)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      else
        await transaction
          .deleteFrom('reactions')
          .where('message', '=', reaction.message)
          .where('who', '=', reaction.who)
          .where('emoji', '=', reaction.emoji)
          .execute();
      await transaction.updateTable('messages').set({ rev }).where('id', '=', reaction.message).execute();
    });
  }

  /** Writes something else about what was said, in the order of all. Resolves once it is durable. */
  write(run: (transaction: Transaction<ChatTables>) => Promise<void>): Promise<void> {
    return this.#writes.add(run);
  }

  /** The last revision of each room. */
  async lastRevs(): Promise<Map<string, string>> {
    // From room to room in the index: a start does not read every message that was ever said.
    const { rows } = await sql<{ room: string; rev: string }>`
      WITH RECURSIVE known(room) AS (
        SELECT min(room) FROM messages
        UNION ALL
        SELECT (SELECT min(room) FROM messages WHERE room > known.room) FROM known WHERE known.room IS NOT NULL
      )
      SELECT room, (SELECT max(rev) FROM messages WHERE messages.room = known.room) AS rev
      FROM known WHERE room IS NOT NULL`.execute(this.#db);
    return new Map(rows.map(({ room, rev }) => [room, rev]));
  }

  /** One message of a room, as it is kept. */
  row(room: string, id: string): Promise<MessageRow | undefined> {
    return this.#db.selectFrom('messages').selectAll().where('room', '=', room).where('id', '=', id).executeTakeFirst();
  }

  /** Whether somebody has said something in a room before. */
  async knows(room: string, who: string): Promise<boolean> {
    const found = await this.#db
      .selectFrom('messages')
      .select('id')
      .where('room', '=', room)
      .where('who', '=', who)
      .limit(1)
      .executeTakeFirst();
    return found !== undefined;
  }

  /** What somebody was called when they said something last. */
  async nameOf(room: string, who: string): Promise<string | undefined> {
    const theirs = this.#db.selectFrom('messages').select('name').where('room', '=', room).where('who', '=', who);
    return (await theirs.orderBy('id', 'desc').limit(1).executeTakeFirst())?.name;
  }

  /** The last that were said, the oldest first. */
  async page(room: string, { before, limit, held }: Page): Promise<ChatMessage[]> {
    let query = this.#db
      .selectFrom('messages')
      .selectAll()
      .where('room', '=', room)
      .where('state', 'in', held ? ['said', 'held'] : ['said'])
      .orderBy('id', 'desc')
      .limit(Math.min(limit, MAX_PAGE));
    if (before !== undefined) query = query.where('id', '<', before);
    return (await this.#messages(await query.execute())).toReversed();
  }

  /** What was said or changed since a revision, in that order; what was deleted since is told as such. */
  async since(room: string, rev: string, limit: number): Promise<ChatMessage[]> {
    const rows = await this.#db
      .selectFrom('messages')
      .selectAll()
      .where('room', '=', room)
      .where('rev', '>', rev)
      .orderBy('rev')
      .limit(limit)
      .execute();
    return this.#messages(rows);
  }

  /** Those that have a piece of text, the newest first. */
  async search(room: string, text: string, { before, limit }: Pick<Page, 'before' | 'limit'>): Promise<ChatMessage[]> {
    let query = this.#db
      .selectFrom('messages')
      .selectAll()
      .where('room', '=', room)
      .where('state', '=', 'said')
      .where(this.#dialect.hasText(MESSAGE_TEXT, text))
      .orderBy('id', 'desc')
      .limit(Math.min(limit, MAX_PAGE));
    if (before !== undefined) query = query.where('id', '<', before);
    return this.#messages(await query.execute());
  }

  /** What waits until it is let through, the oldest first; behind one of them, by its id. */
  async held(room: string, { after, limit }: { after?: string | undefined; limit: number }): Promise<ChatMessage[]> {
    let query = this.#db
      .selectFrom('messages')
      .selectAll()
      .where('room', '=', room)
      .where('state', '=', 'held')
      .orderBy('id')
      .limit(Math.min(limit, MAX_PAGE));
    if (after !== undefined) query = query.where('id', '>', after);
    return this.#messages(await query.execute());
  }

  /**
   * What somebody said last in a room, the oldest first, and how much they said. What others took away is there with its
   * text, for those who judge them.
   */
  async ofPerson(
    room: string,
    who: string,
    limit: number,
  ): Promise<{ name: string | undefined; count: number; messages: ChatMessage[] }> {
    const theirs = this.#db.selectFrom('messages').where('room', '=', room).where('who', '=', who);
    const counted = await theirs.select(({ fn }) => fn.countAll().as('count')).executeTakeFirst();
    const rows = await theirs.selectAll().orderBy('id', 'desc').limit(limit).execute();
    const open = rows.map((row) => (row.deleted_by === who ? row : { ...row, state: shownState(row) }));
    const messages = await this.#messages(open);
    const isGone = (id: string): boolean => rows.some((row) => row.id === id && row.state === 'deleted');
    const told = messages.map((message) => (isGone(message.id) ? { ...message, deleted: true as const } : message));
    return { name: rows[0]?.name, count: Number(counted?.count ?? 0), messages: told.toReversed() };
  }

  /** What somebody said in a room and is still there, of the last so many: the ids, and which of them wait. */
  async idsOf(room: string, who: string, limit: number): Promise<{ id: string; held: boolean }[]> {
    const rows = await this.#db
      .selectFrom('messages')
      .select(['id', 'state'])
      .where('room', '=', room)
      .where('who', '=', who)
      .where('state', '!=', 'deleted')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ id, state }) => ({ id, held: state === 'held' }));
  }

  /** Puts to these messages what somebody has reacted with themselves. */
  async reactedBy(
    who: string | undefined,
    messages: readonly ChatMessage[],
  ): Promise<(message: ChatMessage) => ChatMessage> {
    const ids = messages.filter(({ reactions }) => reactions).map(({ id }) => id);
    if (who === undefined || ids.length === 0) return (message) => message;
    const theirs = this.#db.selectFrom('reactions').selectAll().where('who', '=', who).where('message', 'in', ids);
    const found = new Map<string, string[]>();
    for (const { message, emoji } of await theirs.orderBy('emoji').execute())
      found.set(message, [...(found.get(message) ?? []), emoji]);
    return (message) => {
      const reacted = found.get(message.id);
      return reacted ? { ...message, reacted } : message;
    };
  }

  /** A message of its row, with how many reacted to it, and what it answers. */
  async message(row: MessageRow): Promise<ChatMessage> {
    return (await this.#messages([row]))[0]!;
  }

  /** Resolves when everything is written. */
  close(): Promise<void> {
    return this.#writes.drain();
  }

  async #messages(rows: readonly Selectable<MessageRow>[]): Promise<ChatMessage[]> {
    if (rows.length === 0) return [];
    const reactions = await this.#reactions(rows.map(({ id }) => id));
    const answered = rows.flatMap(({ reply_to }) => reply_to ?? []);
    const quotes = new Map<string, MessageRow>();
    if (answered.length > 0)
      for (const row of await this.#db.selectFrom('messages').selectAll().where('id', 'in', answered).execute())
        quotes.set(row.id, row);
    return rows.map((row) =>
      messageOf(row, { reactions: reactions.get(row.id), quote: quotes.get(row.reply_to ?? '') }),
    );
  }

  async #reactions(ids: readonly string[]): Promise<Map<string, Record<string, number>>> {
    const counts = await this.#db
      .selectFrom('reactions')
      .select(({ fn }) => ['message', 'emoji', fn.countAll().as('count')])
      .where('message', 'in', ids)
      .groupBy(['message', 'emoji'])
      .execute();
    const found = new Map<string, Record<string, number>>();
    for (const { message, emoji, count } of counts) {
      const of = found.get(message) ?? {};
      of[emoji] = Number(count);
      found.set(message, of);
    }
    return found;
  }
}

/** What the server itself says, for those who have no words of their own for it. */
const events: Readonly<Record<ChatEvent, string>> = {
  'stream-started': 'The stream has started.',
  'stream-ended': 'The stream has ended.',
};

function shownState({ state }: MessageRow): MessageRow['state'] {
  return state === 'deleted' ? 'said' : state;
}

/** What is pushed of a message. */
export function messageOf(
  row: MessageRow,
  { reactions, quote }: { reactions?: Record<string, number> | undefined; quote?: MessageRow | undefined } = {},
): ChatMessage {
  const { id, rev, kind, who, name, role, broadcast, media_time, edited, state } = row;
  const at = isoTime(timeOfId(id));
  const said = { id, rev, kind, user: { id: who, name, role }, at };
  if (state === 'deleted') return { ...said, text: '', deleted: true };
  if (kind === 'system') return { ...said, text: events[row.text as ChatEvent], event: row.text as ChatEvent };
  return {
    ...said,
    text: row.text,
    ...(media_time === null ? {} : { mediaTime: media_time }),
    ...(broadcast === null ? {} : { broadcast }),
    ...(row.danmaku === null ? {} : { danmaku: JSON.parse(row.danmaku) as Danmaku }),
    ...(row.mentions === null ? {} : { mentions: JSON.parse(row.mentions) as string[] }),
    ...(quote && quote.state === 'said' ? { replyTo: quoteOf(quote) } : {}),
    ...(edited === null ? {} : { edited }),
    ...(state === 'held' ? { held: true as const } : {}),
    ...(row.first === 1 ? { first: true as const } : {}),
    ...(reactions && Object.keys(reactions).length > 0 ? { reactions } : {}),
  };
}

function quoteOf({ id, name, text }: MessageRow): NonNullable<ChatMessage['replyTo']> {
  return { id, name, text: text.length > QUOTE ? `${text.slice(0, QUOTE).toWellFormed().trimEnd()}…` : text };
}
