import type { Kysely } from 'kysely';
import type { Settings } from '../../config/settings.ts';
import { NotFound, RoomcastError } from '../../errors.ts';
import { slugOfPath } from '../../live/path.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { RoomRow, RoomTables } from './room-tables.ts';
import { hashStreamKey, isSameHash, makeStreamKey, weaknessOf } from './stream-key.ts';

/** A room as the server knows it. */
export interface RoomRecord {
  readonly slug: string;
  readonly title: string;
  /** Names the publish key without telling it; a new key has a new one. */
  readonly keyId: string;
  /** Where the configuration file declares the key. */
  readonly keyDeclaredAt?: Place;
  /** Wall times in ms of the broadcast before. */
  readonly last?: Span;
}

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface DirectoryOptions {
  store: Store;
  settings: Pick<Settings, 'rooms' | 'defaultRoom'>;
  /** Wall time in ms. */
  now: number;
}

interface Entry extends RoomRecord {
  readonly keyHash: Uint8Array;
}

/** What the key of an unknown room is compared with, so that it costs the same. */
const NO_HASH = new Uint8Array(32);

/**
 * Every room and its key: those of the store, the default one, and those that the file declares, which win. All rooms
 * are in memory, so that a question at the gate costs one hash.
 */
export class RoomDirectory {
  readonly #db: Kysely<RoomTables>;
  readonly #seal: Store['seal'];
  readonly #declared: Settings['rooms'];
  readonly #rooms = new Map<string, Entry>();
  readonly #byHash = new Map<string, string>();
  #unreadable = 0;

  private constructor({ store, settings }: DirectoryOptions) {
    this.#db = store.db.withTables<RoomTables>();
    this.#seal = store.seal;
    this.#declared = settings.rooms;
  }

  /** Reads the rooms, and makes those that do not exist yet. Throws `bad-config` for a declared key that will not do. */
  static async open(options: DirectoryOptions): Promise<RoomDirectory> {
    const directory = new RoomDirectory(options);
    await directory.#load(options.settings.defaultRoom, isoTime(options.now));
    return directory;
  }

  /** Stored keys that still work but cannot be shown, because the secret of the data folder is not the one they were sealed with. */
  get unreadable(): number {
    return this.#unreadable;
  }

  find(slug: string): RoomRecord | undefined {
    return this.#rooms.get(slug);
  }

  list(): RoomRecord[] {
    return [...this.#rooms.values()];
  }

  /** The room of a path, `live/SLUG`. */
  ofPath(path: string): RoomRecord | undefined {
    const slug = slugOfPath(path);
    return slug === undefined ? undefined : this.#rooms.get(slug);
  }

  /** The room that a key alone names. */
  withKey(key: string): RoomRecord | undefined {
    const slug = this.#byHash.get(hex(hashStreamKey(key)));
    return slug === undefined ? undefined : this.#rooms.get(slug);
  }

  /** The room of a path, if the key is its key. */
  ofPathWithKey(path: string, key: string): RoomRecord | undefined {
    const slug = slugOfPath(path);
    const entry = slug === undefined ? undefined : this.#rooms.get(slug);
    return isSameHash(hashStreamKey(key), entry?.keyHash ?? NO_HASH) ? entry : undefined;
  }

  /** A room's key, for its owner. Throws `not-found`, and `store-failed` when the secret of the data folder was changed. */
  async key(slug: string): Promise<string> {
    this.#get(slug);
    const declared = this.#declared[slug]?.key;
    if (declared !== undefined) return declared;
    const row = await this.#db.selectFrom('rooms').select('key_sealed').where('slug', '=', slug).executeTakeFirst();
    if (!row?.key_sealed) throw new RoomcastError('store-failed', 'The key of this room is not in the database.');
    return this.#seal.open(row.key_sealed, purpose(slug));
  }

  /**
   * Replaces a room's key; the old one is of no use from here on. Throws `not-found`, and `declared-in-file` with file
   * and line for a key that only the file can change.
   */
  async replaceKey(slug: string): Promise<{ key: string; oldKeyId: string }> {
    const { keyDeclaredAt, keyId: oldKeyId } = this.#get(slug);
    if (this.#declared[slug]?.key !== undefined) throw declaredInFile('key', slug, keyDeclaredAt);
    const { key, columns } = this.#newKey(slug);
    await this.#db.updateTable('rooms').set(columns).where('slug', '=', slug).execute();
    const old = this.#get(slug);
    this.#byHash.delete(hex(old.keyHash));
    this.#put({ ...old, keyId: columns.key_id, keyHash: columns.key_hash });
    return { key, oldKeyId };
  }

  /**
   * Gives a room another title. Throws `not-found`, and `declared-in-file` with file and line for one that only the file
   * can change.
   */
  async setTitle(slug: string, title: string): Promise<RoomRecord> {
    this.#get(slug);
    const declared = this.#declared[slug];
    if (declared?.title !== undefined) throw declaredInFile('title', slug, declared.declaredAt);
    await this.#db.updateTable('rooms').set({ title }).where('slug', '=', slug).execute();
    const room = { ...this.#get(slug), title };
    this.#rooms.set(slug, room);
    return room;
  }

  /** Remembers when the room was live, for those who come when it is not. */
  async setLast(slug: string, last: Span): Promise<void> {
    const entry = this.#rooms.get(slug);
    if (!entry) return;
    this.#rooms.set(slug, { ...entry, last });
    const columns = { last_started: isoTime(last.startedAt), last_ended: isoTime(last.endedAt) };
    await this.#db.updateTable('rooms').set(columns).where('slug', '=', slug).execute();
  }

  async #load(defaultRoom: string, now: string): Promise<void> {
    await this.#make(defaultRoom, { now, declared: 0 });
    await this.#db.updateTable('rooms').set({ declared: 0 }).where('slug', '=', defaultRoom).execute();
    for (const slug of Object.keys(this.#declared)) await this.#make(slug, { now, declared: 1 });
    for (const row of await this.#db.selectFrom('rooms').selectAll().orderBy('created').orderBy('slug').execute()) {
      if (row.declared === 0 || Object.hasOwn(this.#declared, row.slug)) {
        this.#put(this.#entryOf(await this.#withKey(row)));
      }
      if (row.key_sealed && !this.#opens(row.slug, row.key_sealed)) this.#unreadable++;
    }
    for (const [slug, { key, declaredAt }] of Object.entries(this.#declared))
      if (key !== undefined) this.#check(slug, key, declaredAt);
  }

  #opens(slug: string, sealed: Uint8Array): boolean {
    try {
      this.#seal.open(sealed, purpose(slug));
      return true;
    } catch {
      return false;
    }
  }

  async #make(slug: string, { now, declared }: { now: string; declared: number }): Promise<void> {
    const row = {
      slug,
      declared,
      created: now,
      key_id: null,
      key_hash: null,
      key_sealed: null,
      last_started: null,
      last_ended: null,
      title: null,
    };
    await this.#db
      .insertInto('rooms')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Gives a key to a room that has none. */
  async #withKey(row: RoomRow): Promise<RoomRow> {
    if (row.key_hash || this.#declared[row.slug]?.key !== undefined) return row;
    const { columns } = this.#newKey(row.slug);
    await this.#db.updateTable('rooms').set(columns).where('slug', '=', row.slug).execute();
    return { ...row, ...columns };
  }

  #newKey(slug: string): { key: string; columns: { key_id: string; key_hash: Uint8Array; key_sealed: Uint8Array } } {
    const key = makeStreamKey();
    const columns = {
      key_id: crypto.randomUUID(),
      key_hash: hashStreamKey(key),
      key_sealed: this.#seal.seal(key, purpose(slug)),
    };
    return { key, columns };
  }

  #entryOf(row: RoomRow): Entry {
    const { slug } = row;
    const { title, key, declaredAt } = this.#declared[slug] ?? {};
    const last = row.last_started &&
      row.last_ended && { startedAt: Date.parse(row.last_started), endedAt: Date.parse(row.last_ended) };
    return {
      slug,
      title: title ?? row.title ?? titleOf(slug),
      keyId: key === undefined ? row.key_id! : `file:${slug}`,
      keyHash: key === undefined ? row.key_hash! : hashStreamKey(key),
      ...(key !== undefined && declaredAt ? { keyDeclaredAt: declaredAt } : {}),
      ...(last ? { last } : {}),
    };
  }

  #check(slug: string, key: string, place: Place | undefined): void {
    const weakness = weaknessOf(key);
    if (weakness) throw badKey(slug, place, `${weakness}. Leave the key out, and the server makes one`);
    if (this.#rooms.has(key)) throw badKey(slug, place, 'it is the slug of a room; everybody knows those');
    if (this.withKey(key)?.slug !== slug) throw badKey(slug, place, 'another room has it');
  }

  #put(entry: Entry): void {
    this.#rooms.set(entry.slug, entry);
    this.#byHash.set(hex(entry.keyHash), entry.slug);
  }

  #get(slug: string): Entry {
    const entry = this.#rooms.get(slug);
    if (!entry) throw new NotFound('There is no such room.');
    return entry;
  }
}

function declaredInFile(what: 'key' | 'title', slug: string, place: Place | undefined): RoomcastError {
  const where = place ? `${place.file}, line ${place.line}` : 'the options of this server';
  return new RoomcastError(
    'declared-in-file',
    `The ${what} of room “${slug}” is declared in ${where}. Change it there and restart.`,
  );
}

function badKey(slug: string, place: Place | undefined, why: string): RoomcastError {
  const where = place ? `${place.file}:${place.line}: ` : '';
  return new RoomcastError('bad-config', `${where}The key of room “${slug}” cannot be used: ${why}.`);
}

/** A sealed key opens only as the key of the same room. */
function purpose(slug: string): string {
  return `stream key of ${slug}`;
}

/** `my-room` → `My room`. */
function titleOf(slug: string): string {
  const words = slug.replaceAll('-', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
