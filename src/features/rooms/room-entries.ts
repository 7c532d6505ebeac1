import type { Kysely } from 'kysely';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { RoomRecord } from './room-record.ts';
import type { RoomTables } from './room-tables.ts';

/** Who has given the password of a room need not give it again for so long. ms */
const LIFE = 30 * 86_400_000;

interface Entry {
  epoch: number;
  /** Wall time in ms. */
  ends: number;
  /** Of the pass that they came by: the id of its viewer. */
  viewer: string | null;
}

/** Who was let into which room by its password or link. It ends with the password or link. */
export class RoomEntries {
  readonly #db: Kysely<RoomTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  /** By room and who. */
  readonly #entries = new Map<string, Entry>();

  private constructor(store: Store, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<RoomTables>();
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Pick<Scheduler, 'wall'>): Promise<RoomEntries> {
    const entries = new RoomEntries(store, scheduler);
    await entries.#db.deleteFrom('room_entries').where('until', '<=', isoTime(scheduler.wall())).execute();
    for (const { room, who, epoch, until, viewer } of await entries.#db
      .selectFrom('room_entries')
      .selectAll()
      .execute())
      entries.#entries.set(keyOf(room, who), { epoch, ends: Date.parse(until), viewer });
    return entries;
  }

  /** Until when somebody is let in; wall time in ms. Undefined for whoever is not. */
  endOf({ id, epoch }: Pick<RoomRecord, 'id' | 'epoch'>, who: string): number | undefined {
    const entry = this.#entries.get(keyOf(id, who));
    return entry?.epoch === epoch && this.#scheduler.wall() < entry.ends ? entry.ends : undefined;
  }

  /** As whom somebody was let in by a link, for as long as they are known by it. */
  viewerOf({ id }: Pick<RoomRecord, 'id'>, who: string): string | undefined {
    const entry = this.#entries.get(keyOf(id, who));
    return entry && this.#scheduler.wall() < entry.ends ? (entry.viewer ?? undefined) : undefined;
  }

  /** `by`: the pass that lets them in, which ends their entry with its own time. */
  async add(
    { id: room, epoch }: Pick<RoomRecord, 'id' | 'epoch'>,
    who: string,
    by: { viewer?: string | undefined; ends?: number | undefined } = {},
  ): Promise<void> {
    const viewer = by.viewer ?? null;
    const ends = Math.min(this.#scheduler.wall() + LIFE, by.ends ?? Infinity);
    const row = { room, who, epoch, until: isoTime(ends), viewer };
    await this.#db
      .insertInto('room_entries')
      .values(row)
      .onConflict((conflict) => conflict.columns(['room', 'who']).doUpdateSet({ epoch, until: row.until, viewer }))
      .execute();
    this.#entries.set(keyOf(room, who), { epoch, ends, viewer });
  }
}

function keyOf(room: string, who: string): string {
  return `${room} ${who}`;
}
