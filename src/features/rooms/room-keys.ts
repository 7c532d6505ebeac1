import type { Kysely } from 'kysely';
import type { Settings } from '../../config/settings.ts';
import { NotFound, RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import { declaredInFile, type Place } from './declared.ts';
import type { RoomKeyRow, RoomTables } from './room-tables.ts';
import { hashStreamKey, isSameHash, makeStreamKey } from './stream-key.ts';

/** Keys of one room: one for each device and helper is more than enough. */
const MAX_KEYS = 20;
/** The name of the key that a room has from the start. */
const MAIN = 'main';
/** What the key of an unknown room is compared with, so that it costs the same. */
const NO_HASH = new Uint8Array(32);

/** A publish key, without the key. Times are ISO 8601 in UTC. */
export interface KeyRecord {
  /** Names the key without telling it; a new key has a new one. */
  readonly id: string;
  /** The room's id. */
  readonly room: string;
  readonly name: string;
  /** The one that is shown first. */
  readonly main: boolean;
  readonly created: string;
  readonly lastUsed?: string;
  /** The configuration file has it. */
  readonly declared: boolean;
}

interface Entry extends KeyRecord {
  readonly hash: Uint8Array;
}

/** A room, as far as its keys have to know it. */
interface KeyedRoom {
  readonly id: string;
  readonly slug: string;
  readonly declaredAt?: Place;
}

/**
 * The publish keys of all rooms. They are in memory as hashes, so that a question at the gate costs one; a key itself is in
 * the database, sealed, for its owner to read again, or in the configuration file.
 */
export class RoomKeys {
  readonly #db: Kysely<RoomTables>;
  readonly #seal: Store['seal'];
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #declared: Settings['rooms'];
  readonly #keys = new Map<string, Entry>();
  readonly #byHash = new Map<string, string>();
  #unreadable = 0;

  private constructor(store: Store, { declared, scheduler }: RoomKeysOptions) {
    this.#db = store.db.withTables<RoomTables>();
    this.#seal = store.seal;
    this.#declared = declared;
    this.#scheduler = scheduler;
  }

  static async open(store: Store, options: RoomKeysOptions): Promise<RoomKeys> {
    const keys = new RoomKeys(store, options);
    for (const row of await keys.#db.selectFrom('room_keys').selectAll().orderBy('created').execute()) {
      keys.#put(entryOf(row));
      if (!keys.#opens(row)) keys.#unreadable++;
    }
    return keys;
  }

  /** Stored keys that still work but cannot be shown, because the secret of the data folder is not the one they were sealed with. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Gives a room its first key: the declared one, or one of its own. */
  async provide(room: KeyedRoom): Promise<void> {
    const declared = this.#declared[room.slug]?.key;
    const main = this.#main(room.id);
    if (declared === undefined) {
      if (!main) await this.#make(room, { name: MAIN, main: true });
      return;
    }
    // It rests in the database until the file has none.
    if (main) this.#forget(main.id);
    this.#put(declaredEntry(room, declared));
  }

  /** The key of a text, whichever room's it is. */
  find(key: string): KeyRecord | undefined {
    const id = this.#byHash.get(hex(hashStreamKey(key)));
    return id === undefined ? undefined : this.#keys.get(id);
  }

  /** The key of a text, if it is one of a room's; whether there is such a room costs the same. */
  findOf(room: string | undefined, key: string): KeyRecord | undefined {
    const hash = hashStreamKey(key);
    const found = this.find(key);
    const same = isSameHash(hash, found && found.room === room ? this.#keys.get(found.id)!.hash : NO_HASH);
    return same ? found : undefined;
  }

  /** Those of a room, the main one first. */
  list(room: string): KeyRecord[] {
    const keys = [...this.#keys.values()].filter((key) => key.room === room);
    return keys.sort((a, b) => Number(b.main) - Number(a.main));
  }

  /** The main key of a room. */
  main(room: KeyedRoom): KeyRecord {
    const main = this.#main(room.id);
    if (!main) throw new RoomcastError('store-failed', 'The key of this room is not in the database.');
    return main;
  }

  /** One of a room's. Throws `not-found`. */
  get(room: KeyedRoom, id: string): KeyRecord {
    return this.#get(room, id);
  }

  /** The key itself, for its owner. Throws `not-found`, and `store-failed` when the secret of the data folder was changed. */
  async text(room: KeyedRoom, id: string): Promise<string> {
    if (this.#get(room, id).declared) return this.#declared[room.slug]!.key!;
    const row = await this.#db.selectFrom('room_keys').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw new RoomcastError('store-failed', 'The key of this room is not in the database.');
    return this.#seal.open(row.sealed, purpose(row.sealed_for));
  }

  /** Makes one more key. Throws `limit-exceeded` where there are too many. */
  async create(room: KeyedRoom, name: string): Promise<KeyRecord> {
    if (this.list(room.id).length >= MAX_KEYS)
      throw new RoomcastError('limit-exceeded', `A room has at most ${MAX_KEYS} keys. Revoke one that is not used.`, {
        detail: { why: 'too-many', limit: MAX_KEYS },
      });
    return this.#make(room, { name, main: false });
  }

  /**
   * Replaces a key by another of the same name; the old one is of no use from here on. Throws `not-found`, and
   * `declared-in-file` for a key that only the file can change.
   */
  async replace(room: KeyedRoom, id: string): Promise<KeyRecord> {
    const { name, main } = this.#changeable(room, id);
    const next = await this.#make(room, { name, main }, id);
    this.#forget(id);
    return next;
  }

  /** Gives a key another name. Throws as `replace` does. */
  async rename(room: KeyedRoom, id: string, name: string): Promise<KeyRecord> {
    this.#changeable(room, id);
    await this.#db.updateTable('room_keys').set({ name }).where('id', '=', id).execute();
    return this.#put({ ...this.#keys.get(id)!, name });
  }

  /** Takes a key away. Throws as `replace` does, and `bad-request` for the main one, which can only be replaced. */
  async revoke(room: KeyedRoom, id: string): Promise<void> {
    if (this.#changeable(room, id).main)
      throw new RoomcastError('bad-request', 'A room always has its main key; replace it instead.', {
        detail: { why: 'main-key' },
      });
    this.#forget(id);
    await this.#db.deleteFrom('room_keys').where('id', '=', id).execute();
  }

  /** Remembers that a key was used just now. */
  async used(id: string): Promise<void> {
    const entry = this.#keys.get(id);
    if (!entry) return;
    const lastUsed = isoTime(this.#scheduler.wall());
    this.#put({ ...entry, lastUsed });
    if (!entry.declared)
      await this.#db.updateTable('room_keys').set({ last_used: lastUsed }).where('id', '=', id).execute();
  }

  /** Forgets the keys of a room that is gone. */
  async forgetAll(room: string): Promise<void> {
    for (const { id } of this.list(room)) this.#forget(id);
    await this.#db.deleteFrom('room_keys').where('room', '=', room).execute();
  }

  async #make(room: KeyedRoom, { name, main }: Pick<KeyRecord, 'name' | 'main'>, instead?: string): Promise<KeyRecord> {
    const key = makeStreamKey();
    const row: RoomKeyRow = {
      id: crypto.randomUUID(),
      room: room.id,
      name,
      main: main ? 1 : 0,
      hash: hashStreamKey(key),
      sealed: this.#seal.seal(key, purpose(room.id)),
      sealed_for: room.id,
      created: isoTime(this.#scheduler.wall()),
      last_used: null,
    };
    await this.#db.transaction().execute(async (transaction) => {
      if (instead !== undefined) await transaction.deleteFrom('room_keys').where('id', '=', instead).execute();
      await transaction.insertInto('room_keys').values(row).execute();
    });
    return this.#put(entryOf(row));
  }

  #main(room: string): Entry | undefined {
    for (const key of this.#keys.values()) if (key.room === room && key.main) return key;
    return undefined;
  }

  #opens({ sealed, sealed_for }: RoomKeyRow): boolean {
    try {
      this.#seal.open(sealed, purpose(sealed_for));
      return true;
    } catch {
      return false;
    }
  }

  #get(room: KeyedRoom, id: string): Entry {
    const entry = this.#keys.get(id);
    if (entry?.room !== room.id) throw new NotFound('The room has no such key.');
    return entry;
  }

  #changeable(room: KeyedRoom, id: string): Entry {
    const entry = this.#get(room, id);
    if (entry.declared) throw declaredInFile('key', room.slug, room.declaredAt);
    return entry;
  }

  #put(entry: Entry): KeyRecord {
    this.#keys.set(entry.id, entry);
    this.#byHash.set(hex(entry.hash), entry.id);
    return entry;
  }

  #forget(id: string): void {
    const entry = this.#keys.get(id);
    this.#keys.delete(id);
    if (entry) this.#byHash.delete(hex(entry.hash));
  }
}

export interface RoomKeysOptions {
  /** What the configuration file says of rooms. */
  declared: Settings['rooms'];
  scheduler: Pick<Scheduler, 'wall'>;
}

function declaredEntry({ id, slug }: KeyedRoom, key: string): Entry {
  const hash = hashStreamKey(key);
  return { id: `file:${slug}`, room: id, name: MAIN, main: true, created: '', declared: true, hash };
}

function entryOf({ id, room, name, main, hash, created, last_used }: RoomKeyRow): Entry {
  const lastUsed = last_used === null ? {} : { lastUsed: last_used };
  return { id, room, name, main: main === 1, created, ...lastUsed, declared: false, hash };
}

/** A sealed key opens only as a key of the same room. */
function purpose(room: string): string {
  return `stream key of ${room}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
