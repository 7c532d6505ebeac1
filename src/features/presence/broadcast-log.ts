import type { Kysely } from 'kysely';
import type { BroadcastRecord, BroadcastTotals } from '../../client/messages.ts';
import type { Store } from '../../store/store.ts';
import type { BroadcastRow, BroadcastTables } from './broadcast-tables.ts';

/** Broadcasts of a room that are kept: three a day for a year. */
export const MAX_KEPT = 1000;
/** Most that one reading gives. */
export const MAX_PAGE = 100;

/** The broadcasts of all rooms, in the database. Writes are done one after the other. */
export class BroadcastLog {
  readonly #db: Kysely<BroadcastTables>;
  #writes: Promise<void> = Promise.resolve();

  private constructor(db: Kysely<BroadcastTables>) {
    this.#db = db;
  }

  /** What was on when a server before this one stopped without a word ended when it was written last. */
  static async open({ db }: Pick<Store, 'db'>): Promise<BroadcastLog> {
    const tables = db.withTables<BroadcastTables>();
    await tables
      .updateTable('broadcasts')
      .set(({ ref }) => ({ ended: ref('seen') }))
      .where('ended', 'is', null)
      .execute();
    return new BroadcastLog(tables);
  }

  /** Writes how broadcasts are now; of a room in which one has ended, those that are too many go. */
  write(rows: readonly BroadcastRow[]): Promise<void> {
    const writing = this.#writes.then(() => this.#write(rows));
    this.#writes = writing.catch(() => {});
    return writing;
  }

  /** The newest first. `before`: those that started before this time. */
  async page(
    room: string,
    { before, limit }: { before?: string | undefined; limit: number },
  ): Promise<BroadcastRecord[]> {
    let query = this.#db.selectFrom('broadcasts').selectAll().where('room', '=', room);
    if (before !== undefined) query = query.where('started', '<', before);
    const rows = await query.orderBy('started', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map(recordOf);
  }

  async totals(room: string): Promise<BroadcastTotals> {
    const rows = await this.#db
      .selectFrom('broadcasts')
      .select(['started', 'ended', 'seen', 'watch_seconds', 'messages'])
      .where('room', '=', room)
      .execute();
    const totals = { broadcasts: rows.length, duration: 0, watchSeconds: 0, messages: 0 };
    for (const row of rows) {
      totals.duration += durationOf(row);
      totals.watchSeconds += row.watch_seconds;
      totals.messages += row.messages;
    }
    return totals;
  }

  /** Resolves when all is written. */
  close(): Promise<void> {
    return this.#writes;
  }

  async #write(rows: readonly BroadcastRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#db.transaction().execute(async (transaction) => {
      for (const row of rows) {
        const { id: _id, room: _room, ...columns } = row;
        await transaction
          .insertInto('broadcasts')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
          .execute();
        if (row.ended !== null) await trim(transaction, row.room);
      }
    });
  }
}

async function trim(db: Kysely<BroadcastTables>, room: string): Promise<void> {
  const oldest = await db
    .selectFrom('broadcasts')
    .select('started')
    .where('room', '=', room)
    .orderBy('started', 'desc')
    .offset(MAX_KEPT - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldest)
    await db.deleteFrom('broadcasts').where('room', '=', room).where('started', '<', oldest.started).execute();
}

function durationOf({ started, ended, seen }: Pick<BroadcastRow, 'started' | 'ended' | 'seen'>): number {
  return Math.max(0, Math.round((Date.parse(ended ?? seen) - Date.parse(started)) / 1000));
}

/** A row in words. */
export function recordOf(row: BroadcastRow): BroadcastRecord {
  const { id, started, ended, peak, viewers, watch_seconds: watchSeconds, protocols, messages } = row;
  const duration = durationOf(row);
  return {
    id,
    started,
    ...(ended !== null && { ended }),
    duration,
    peak,
    unique: viewers,
    watchSeconds,
    average: duration > 0 ? Math.round((watchSeconds / duration) * 100) / 100 : 0,
    protocols: JSON.parse(protocols) as BroadcastRecord['protocols'],
    messages,
  };
}
