import type { Kysely } from 'kysely';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { ChatTables } from './chat-tables.ts';

/** Somebody who is to be silent for a while. `until` is ISO 8601 in UTC. */
export interface TimeoutRecord {
  readonly who: string;
  readonly name: string;
  readonly reason?: string;
  /** Account of who wants it so. */
  readonly by: string;
  readonly until: string;
}

/** Who is to be silent in which room. All are in memory, because every message asks. */
export class ChatTimeouts {
  readonly #db: Kysely<ChatTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  /** Room → who → record. */
  readonly #rooms = new Map<string, Map<string, TimeoutRecord>>();

  private constructor(store: Pick<Store, 'db'>, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<ChatTables>();
    this.#scheduler = scheduler;
  }

  static async open(store: Pick<Store, 'db'>, scheduler: Pick<Scheduler, 'wall'>): Promise<ChatTimeouts> {
    const timeouts = new ChatTimeouts(store, scheduler);
    await timeouts.#db.deleteFrom('chat_timeouts').where('until', '<=', isoTime(scheduler.wall())).execute();
    for (const { room, reason, ...record } of await timeouts.#db.selectFrom('chat_timeouts').selectAll().execute())
      timeouts.#put(room, { ...record, ...(reason === null ? {} : { reason }) });
    return timeouts;
  }

  /** Until when somebody is to be silent; undefined when they may speak. */
  until(room: string, who: string): string | undefined {
    return this.of(room, who)?.until;
  }

  /** What holds for somebody; undefined when they may speak. */
  of(room: string, who: string): TimeoutRecord | undefined {
    const record = this.#rooms.get(room)?.get(who);
    if (!record) return undefined;
    if (Date.parse(record.until) > this.#scheduler.wall()) return record;
    this.#rooms.get(room)!.delete(who);
    return undefined;
  }

  list(room: string): TimeoutRecord[] {
    const now = this.#scheduler.wall();
    return [...(this.#rooms.get(room)?.values() ?? [])].filter(({ until }) => Date.parse(until) > now);
  }

  /** Has somebody be silent, in place of what was said before. */
  async set(room: string, record: TimeoutRecord): Promise<void> {
    const { who, name, by, until } = record;
    const columns = { name, by, until, reason: record.reason ?? null };
    this.#put(room, record);
    await this.#db
      .insertInto('chat_timeouts')
      .values({ room, who, ...columns })
      .onConflict((conflict) => conflict.columns(['room', 'who']).doUpdateSet(columns))
      .execute();
  }

  /** Lets somebody speak again. False when they could. */
  async lift(room: string, who: string): Promise<boolean> {
    const was = this.#rooms.get(room)?.delete(who) ?? false;
    await this.#db.deleteFrom('chat_timeouts').where('room', '=', room).where('who', '=', who).execute();
    return was;
  }

  #put(room: string, record: TimeoutRecord): void {
    const people = this.#rooms.get(room);
    if (people) people.set(record.who, record);
    else this.#rooms.set(room, new Map([[record.who, record]]));
  }
}
