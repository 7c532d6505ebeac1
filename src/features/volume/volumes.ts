import type { Kysely } from 'kysely';
import type { Identity } from '../../live/access.ts';
import type { Store } from '../../store/store.ts';

/** Guests whose volume is kept; a guest who is forgotten hears at the volume of the player. */
const MAX_GUESTS = 10_000;

/** How loud somebody wants it. `level` is from 0 to 1. */
export interface Volume {
  readonly level: number;
  readonly muted: boolean;
}

/** Of whoever has not said anything else. */
export const defaultVolume: Volume = { level: 1, muted: false };

type VolumeRow = { account: string; level: number; muted: number };
type VolumeTables = { volumes: VolumeRow };

/** What is kept for each user: of accounts in the database, of guests in memory while there is room. */
export class Volumes {
  readonly #db: Kysely<VolumeTables>;
  /** The one that was set or asked for last is at the end. */
  readonly #guests = new Map<string, Volume>();

  constructor(store: Pick<Store, 'db'>) {
    this.#db = store.db.withTables<VolumeTables>();
  }

  /** Undefined where nothing is known. */
  async of({ id, kind }: Identity): Promise<Volume | undefined> {
    if (kind !== 'account') return this.#guests.get(id);
    const row = await this.#db.selectFrom('volumes').selectAll().where('account', '=', id).executeTakeFirst();
    return row && volumeOf(row);
  }

  /** Changes what is given, and gives what holds then. */
  async set(identity: Identity, change: Partial<Volume>): Promise<Volume> {
    const { id, kind } = identity;
    if (kind === 'account') return this.#write(id, change);
    const volume = { ...(this.#guests.get(id) ?? defaultVolume), ...change };
    this.#guests.delete(id);
    this.#guests.set(id, volume);
    if (this.#guests.size > MAX_GUESTS) this.#guests.delete(this.#guests.keys().next().value!);
    return volume;
  }

  /** One statement, so that two sockets that change different things at once lose neither. */
  async #write(account: string, change: Partial<Volume>): Promise<Volume> {
    const values = rowOf(change);
    const row = await this.#db
      .insertInto('volumes')
      .values({ account, ...rowOf(defaultVolume), ...values })
      .onConflict((conflict) => conflict.column('account').doUpdateSet(values))
      .returningAll()
      .executeTakeFirstOrThrow();
    return volumeOf(row);
  }
}

function volumeOf({ level, muted }: VolumeRow): Volume {
  return { level, muted: muted === 1 };
}

function rowOf({ level, muted }: Volume): Omit<VolumeRow, 'account'>;
function rowOf(change: Partial<Volume>): Partial<Omit<VolumeRow, 'account'>>;
function rowOf({ level, muted }: Partial<Volume>): Partial<Omit<VolumeRow, 'account'>> {
  return { ...(level !== undefined && { level }), ...(muted !== undefined && { muted: muted ? 1 : 0 }) };
}
