import type { Kysely } from 'kysely';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { MemberRole, RoomTables } from './room-tables.ts';

/** Somebody with a role in a room. */
export interface MemberRecord {
  readonly account: string;
  readonly role: MemberRole;
  /** ISO 8601 in UTC. */
  readonly since: string;
}

/** Who was made what in which room. All are in memory, because every request asks. */
export class RoomMembers {
  readonly #db: Kysely<RoomTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  /** Room → account → record. */
  readonly #members = new Map<string, Map<string, MemberRecord>>();

  private constructor(store: Store, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<RoomTables>();
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Pick<Scheduler, 'wall'>): Promise<RoomMembers> {
    const members = new RoomMembers(store, scheduler);
    for (const { room, ...record } of await members.#db
      .selectFrom('room_members')
      .selectAll()
      .orderBy('since')
      .execute())
      members.#put(room, record);
    return members;
  }

  roleOf(room: string, account: string): MemberRole | undefined {
    return this.#members.get(room)?.get(account)?.role;
  }

  /** Those of a room, who came first first. */
  list(room: string): MemberRecord[] {
    return [...(this.#members.get(room)?.values() ?? [])];
  }

  /** Gives somebody a role, in place of the one before. */
  async set(room: string, account: string, role: MemberRole): Promise<MemberRecord> {
    const since = this.#members.get(room)?.get(account)?.since ?? isoTime(this.#scheduler.wall());
    const record = { account, role, since };
    await this.#db
      .insertInto('room_members')
      .values({ room, ...record })
      .onConflict((conflict) => conflict.columns(['room', 'account']).doUpdateSet({ role }))
      .execute();
    return this.#put(room, record);
  }

  /** False when somebody had none. */
  async remove(room: string, account: string): Promise<boolean> {
    // Worth nothing at once, whatever the database says.
    const had = this.#members.get(room)?.delete(account) ?? false;
    await this.#db.deleteFrom('room_members').where('room', '=', room).where('account', '=', account).execute();
    return had;
  }

  #put(room: string, record: MemberRecord): MemberRecord {
    const members = this.#members.get(room);
    if (members) members.set(record.account, record);
    else this.#members.set(room, new Map([[record.account, record]]));
    return record;
  }
}
