import type { Kysely } from 'kysely';
import type { Note } from '../../client/api.ts';
import { RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { ChatTables } from './chat-tables.ts';
import { MessageIds } from './message-ids.ts';

/** Notes about one person, which somebody reads at a glance, and of one room. */
const [MAX_OF_PERSON, MAX_OF_ROOM] = [20, 5000];
/** Most that one reading gives. */
export const MAX_NOTES = 200;

/** What those who look after a room note about people, for each other. */
export class ChatNotes {
  readonly #db: Kysely<ChatTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #ids = new MessageIds();
  /** One is added after the other: many at once are no more than there may be. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<Store, 'db'>, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<ChatTables>();
    this.#scheduler = scheduler;
  }

  /** The newest first: about one person, or all of a room. `by` is an account. */
  list(room: string, who?: string): Promise<Note[]> {
    let query = this.#db.selectFrom('chat_notes').select(['id', 'who', 'text', 'by', 'at']).where('room', '=', room);
    if (who !== undefined) query = query.where('who', '=', who);
    return query.orderBy('id', 'desc').limit(MAX_NOTES).execute();
  }

  /** Throws `limit-exceeded`. */
  add(room: string, note: Pick<Note, 'who' | 'text' | 'by'>): Promise<Note> {
    const done = this.#turn.then(() => this.#add(room, note));
    this.#turn = done.catch(() => {});
    return done;
  }

  /** False when the room has none of that id. */
  async remove(room: string, id: string): Promise<boolean> {
    const gone = await this.#db
      .deleteFrom('chat_notes')
      .where('room', '=', room)
      .where('id', '=', id)
      .executeTakeFirst();
    return gone.numDeletedRows > 0n;
  }

  async #add(room: string, { who, text, by }: Pick<Note, 'who' | 'text' | 'by'>): Promise<Note> {
    const counted = await this.#count(room, who);
    if (counted.person >= MAX_OF_PERSON)
      throw new RoomcastError('limit-exceeded', `There are at most ${MAX_OF_PERSON} notes about one person.`, {
        detail: { why: 'too-many', limit: MAX_OF_PERSON },
      });
    if (counted.room >= MAX_OF_ROOM)
      throw new RoomcastError('limit-exceeded', `There are at most ${MAX_OF_ROOM} notes in one room.`, {
        detail: { why: 'too-many', limit: MAX_OF_ROOM },
      });
    const wall = this.#scheduler.wall();
    const note = { id: this.#ids.next(wall), who, text, by, at: isoTime(wall) };
    await this.#db
      .insertInto('chat_notes')
      .values({ room, ...note })
      .execute();
    return note;
  }

  async #count(room: string, who: string): Promise<{ room: number; person: number }> {
    const all = this.#db
      .selectFrom('chat_notes')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('room', '=', room);
    const [ofRoom, ofPerson] = [await all.executeTakeFirst(), await all.where('who', '=', who).executeTakeFirst()];
    return { room: Number(ofRoom?.count ?? 0), person: Number(ofPerson?.count ?? 0) };
  }
}
