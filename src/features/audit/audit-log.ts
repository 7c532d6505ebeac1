import type { Kysely } from 'kysely';
import type { AuditEntry } from '../../client/room-api.ts';
import type { Before, Caller } from '../../io/http.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';

/** Entries are kept for so long. ms */
const LIFE = 365 * 86_400_000;
/** Most that one reading gives. */
export const MAX_PAGE = 200;

type AuditTables = {
  audit: {
    id: number;
    at: string;
    who: string | null;
    name: string | null;
    remote: string;
    action: string;
    room: string | null;
    details: string;
  };
};

/** Something that somebody changed. */
export interface Deed {
  readonly action: string;
  readonly caller: Pick<Caller, 'identity' | 'remote'>;
  /** Slug of the room that it was about. */
  readonly room?: string | undefined;
  /** What was asked for; secrets are left out. */
  readonly details: object;
  readonly before?: Before;
}

/** What was changed by whom, the newest first. */
export class AuditLog {
  readonly #db: Kysely<AuditTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;

  constructor(store: Pick<Store, 'db'>, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<AuditTables>();
    this.#scheduler = scheduler;
  }

  async add({ action, caller, room }: Deed, details: AuditEntry['details']): Promise<void> {
    const { identity, remote } = caller;
    const row = {
      at: isoTime(this.#scheduler.wall()),
      who: identity?.id ?? null,
      name: identity?.name ?? null,
      remote: remote.address,
      action,
      room: room ?? null,
      details: JSON.stringify(details),
    };
    await this.#db
      .insertInto('audit')
      .values(row as never)
      .execute();
  }

  /** Those about one room, or all; before one of them, by its id. */
  async page({
    room,
    before,
    limit,
  }: {
    room?: string;
    before?: number | undefined;
    limit: number;
  }): Promise<AuditEntry[]> {
    let query = this.#db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(Math.min(limit, MAX_PAGE));
    if (room !== undefined) query = query.where('room', '=', room);
    if (before !== undefined) query = query.where('id', '<', before);
    return (await query.execute()).map(({ who, name, room: about, details, ...row }) => ({
      ...row,
      ...(who === null ? {} : { who }),
      ...(name === null ? {} : { name }),
      ...(about === null ? {} : { room: about }),
      details: JSON.parse(details) as AuditEntry['details'],
    }));
  }

  /** Takes away what is too old. */
  async trim(): Promise<void> {
    await this.#db
      .deleteFrom('audit')
      .where('at', '<', isoTime(this.#scheduler.wall() - LIFE))
      .execute();
  }
}
