import type { Kysely } from 'kysely';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { RoomRecord } from './room-record.ts';
import type { RoomTables } from './room-tables.ts';

/** Who has given the password of a room need not give it again for so long. ms */
const LIFE = 30 * 86_400_000;

/** Who was let into which room by its password or link. It ends with the password or link. */
export class RoomEntries {
  readonly #db: Kysely<RoomTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  /** Room and who → epoch and wall time in ms at which it ends. */
  readonly #entries = new Map<string, { epoch: number; ends: number }>();

  private constructor(store: Store, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<RoomTables>();
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Pick<Scheduler, 'wall'>): Promise<RoomEntries> {
    const entries = new RoomEntries(store, scheduler);
    await entries.#db.deleteFrom('room_entries').where('until', '<=', isoTime(scheduler.wall())).execute();
    for (const { room, who, epoch, until } of await entries.#db.selectFrom('room_entries').selectAll().execute())
      entries.#entries.set(keyOf(room, who), { epoch, ends: Date.parse(until) });
    return entries;
  }

  has({ id, epoch }: Pick<RoomRecord, 'id' | 'epoch'>, who: string): boolean {
    const entry = this.#entries.get(keyOf(id, who));
    return entry?.epoch === epoch && this.#scheduler.wall() < entry.ends;
  }

  async add({ id: room, epoch }: Pick<RoomRecord, 'id' | 'epoch'>, who: string): Promise<void> {
    const ends = this.#scheduler.wall() + LIFE;
    const row = { room, who, epoch, until: isoTime(ends) };
    await this.#db
      .insertInto('room_entries')
      .values(row)
      .onConflict((conflict) => conflict.columns(['room', 'who']).doUpdateSet({ epoch, until: row.until }))
      .execute();
    this.#entries.set(keyOf(room, who), { epoch, ends });
  }
}

function keyOf(room: string, who: string): string {
  return `${room} ${who}`;
}
