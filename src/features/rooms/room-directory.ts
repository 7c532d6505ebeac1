import type { Kysely } from 'kysely';
import type { Settings } from '../../config/settings.ts';
import { NotFound, RoomcastError } from '../../errors.ts';
import { newId } from '../../io/new-id.ts';
import { isSlug, slugOfPath } from '../../live/path.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import { badKey, declaredInFile, type Place } from './declared.ts';
import { RoomKeys } from './room-keys.ts';
import { recordOf, type RoomChange, type RoomRecord, rowOf, type Span } from './room-record.ts';
import type { RoomRow, RoomTables } from './room-tables.ts';
import { weaknessOf } from './stream-key.ts';

/** Rooms of one server. All are in memory, because every question at the gate asks for one. */
const MAX_ROOMS = 10_000;

export interface DirectoryOptions {
  store: Store;
  settings: Pick<Settings, 'rooms' | 'defaultRoom'>;
  scheduler: Pick<Scheduler, 'wall'>;
}

/** What a new room has. */
export interface NewRoom extends RoomChange {
  slug: string;
}

/** Every room: those of the store, the default one, and those that the file declares, which win. */
export class RoomDirectory {
  readonly keys: RoomKeys;
  readonly #db: Kysely<RoomTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #declared: Settings['rooms'];
  readonly #defaultRoom: string;
  readonly #rooms = new Map<string, RoomRecord>();
  readonly #slugs = new Map<string, string>();

  private constructor({ store, settings, scheduler }: DirectoryOptions, keys: RoomKeys) {
    this.#db = store.db.withTables<RoomTables>();
    this.#scheduler = scheduler;
    this.#declared = settings.rooms;
    this.#defaultRoom = settings.defaultRoom;
    this.keys = keys;
  }

  /** Reads the rooms, and makes those that do not exist yet. Throws `bad-config` for a declared key that will not do. */
  static async open(options: DirectoryOptions): Promise<RoomDirectory> {
    const { store, settings, scheduler } = options;
    const keys = await RoomKeys.open(store, { declared: settings.rooms, scheduler });
    const directory = new RoomDirectory(options, keys);
    await directory.#load();
    return directory;
  }

  find(slug: string): RoomRecord | undefined {
    return this.#rooms.get(slug);
  }

  /** By its id, which stays when its address changes. */
  withId(id: string): RoomRecord | undefined {
    const slug = this.#slugs.get(id);
    return slug === undefined ? undefined : this.#rooms.get(slug);
  }

  list(): RoomRecord[] {
    return [...this.#rooms.values()];
  }

  /** The room of a path, `live/SLUG`. */
  ofPath(path: string): RoomRecord | undefined {
    const slug = slugOfPath(path);
    return slug === undefined ? undefined : this.#rooms.get(slug);
  }

  /** The room that a key alone names, and the key’s own id. */
  withKey(key: string): { room: RoomRecord; keyId: string } | undefined {
    const found = this.keys.find(key);
    const room = found && this.withId(found.room);
    return room && { room, keyId: found.id };
  }

  /** The room of a path, if the key is one of its keys. */
  ofPathWithKey(path: string, key: string): { room: RoomRecord; keyId: string } | undefined {
    const room = this.ofPath(path);
    const found = this.keys.findOf(room?.id, key);
    return room && found && { room, keyId: found.id };
  }

  /** Throws `bad-request` for an address that will not do, `name-taken`, and `busy` where there are too many rooms. */
  async create({ slug, ...change }: NewRoom): Promise<RoomRecord> {
    if (this.#rooms.size >= MAX_ROOMS) throw new RoomcastError('busy', 'This server takes no more rooms.');
    await this.#checkFree(slug);
    const row = newRow(slug, { created: isoTime(this.#scheduler.wall()), declared: 0 });
    const filled = { ...row, ...rowOf(change) };
    await this.#db.insertInto('rooms').values(filled).execute();
    return this.#enter(filled);
  }

  /**
   * Changes what is said of a room and allowed in it. Throws `not-found`, and `declared-in-file` with file and line for a
   * title that only the file can change. Another password, or way to be let in, makes the passes so far worthless.
   */
  async change(slug: string, change: RoomChange): Promise<RoomRecord> {
    const before = this.#get(slug);
    const declared = this.#declared[slug];
    if (change.title !== undefined && declared?.title !== undefined)
      throw declaredInFile('title', slug, declared.declaredAt);
    const shuts = change.password !== undefined || (change.watch !== undefined && change.watch !== before.watch);
    const columns = { ...rowOf(change), ...(shuts && { epoch: before.epoch + 1 }) };
    if (Object.keys(columns).length > 0)
      await this.#db.updateTable('rooms').set(columns).where('slug', '=', slug).execute();
    return this.#read(slug);
  }

  /** Makes the passes and entries of a room worthless. Throws `not-found`. */
  async shut(slug: string): Promise<RoomRecord> {
    const epoch = this.#get(slug).epoch + 1;
    await this.#db.updateTable('rooms').set({ epoch }).where('slug', '=', slug).execute();
    return this.#read(slug);
  }

  /** Gives a room another address. Throws as `create` does, and `declared-in-file` for a room of the file. */
  async rename(slug: string, next: string): Promise<RoomRecord> {
    this.#changeable(slug);
    await this.#checkFree(next);
    const { id } = this.#get(slug);
    await this.#db.updateTable('rooms').set({ slug: next }).where('slug', '=', slug).execute();
    this.#rooms.delete(slug);
    this.#slugs.set(id, next);
    return this.#read(next);
  }

  /** Puts a room away, or takes it back: it keeps everything, and nobody enters. Throws `not-found`, `declared-in-file`. */
  async archive(slug: string, away: boolean): Promise<RoomRecord> {
    this.#changeable(slug);
    const archived = away ? isoTime(this.#scheduler.wall()) : null;
    await this.#db.updateTable('rooms').set({ archived }).where('slug', '=', slug).execute();
    return this.#read(slug);
  }

  /** Remembers when the room was live, for those who come when it is not. */
  async setLast(slug: string, last: Span): Promise<void> {
    const room = this.#rooms.get(slug);
    if (!room) return;
    this.#rooms.set(slug, { ...room, last });
    const columns = { last_started: isoTime(last.startedAt), last_ended: isoTime(last.endedAt) };
    await this.#db.updateTable('rooms').set(columns).where('slug', '=', slug).execute();
  }

  async #load(): Promise<void> {
    const now = isoTime(this.#scheduler.wall());
    await this.#make(this.#defaultRoom, { created: now, declared: 0 });
    await this.#db.updateTable('rooms').set({ declared: 0 }).where('slug', '=', this.#defaultRoom).execute();
    for (const slug of Object.keys(this.#declared)) await this.#make(slug, { created: now, declared: 1 });
    for (const row of await this.#db.selectFrom('rooms').selectAll().orderBy('created').orderBy('slug').execute())
      if (row.declared === 0 || Object.hasOwn(this.#declared, row.slug)) await this.#enter(row);
    for (const [slug, { key, declaredAt }] of Object.entries(this.#declared))
      if (key !== undefined) this.#checkKey(slug, key, declaredAt);
  }

  async #make(slug: string, given: Pick<RoomRow, 'created' | 'declared'>): Promise<void> {
    await this.#db
      .insertInto('rooms')
      .values(newRow(slug, given))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async #enter(row: RoomRow): Promise<RoomRecord> {
    const room = recordOf(row, this.#declared[row.slug]);
    await this.keys.provide(room);
    return this.#put(room);
  }

  async #read(slug: string): Promise<RoomRecord> {
    const row = await this.#db.selectFrom('rooms').selectAll().where('slug', '=', slug).executeTakeFirst();
    if (!row) throw noRoom();
    return this.#put(recordOf(row, this.#declared[slug]));
  }

  #checkKey(slug: string, key: string, place: Place | undefined): void {
    const weakness = weaknessOf(key);
    if (weakness) throw badKey(slug, place, `${weakness}. Leave the key out, and the server makes one`);
    if (this.#rooms.has(key)) throw badKey(slug, place, 'it is the slug of a room; everybody knows those');
    if (this.withKey(key)?.room.slug !== slug) throw badKey(slug, place, 'another room has it');
  }

  /** An address that is free, and no key: everybody would know it. A room that rests in the database has its address still. */
  async #checkFree(slug: string): Promise<void> {
    if (!isSlug(slug))
      throw new RoomcastError(
        'bad-request',
        'The address of a room is made of a-z, 0-9 and -, begins with a letter or digit, has 63 characters at most, and is no word of the site itself.',
        { detail: { why: 'slug' } },
      );
    const taken = await this.#db.selectFrom('rooms').select('slug').where('slug', '=', slug).executeTakeFirst();
    if (taken || this.keys.find(slug)) throw new RoomcastError('name-taken', 'Another room has this address.');
  }

  #changeable(slug: string): void {
    this.#get(slug);
    const declared = this.#declared[slug];
    if (declared) throw declaredInFile('address', slug, declared.declaredAt);
    if (slug === this.#defaultRoom)
      throw new RoomcastError('bad-request', 'This is the default room; name another one by “defaultRoom” first.', {
        detail: { why: 'default-room' },
      });
  }

  #put(room: RoomRecord): RoomRecord {
    this.#rooms.set(room.slug, room);
    this.#slugs.set(room.id, room.slug);
    return room;
  }

  #get(slug: string): RoomRecord {
    const room = this.#rooms.get(slug);
    if (!room) throw noRoom();
    return room;
  }
}

function noRoom(): NotFound {
  return new NotFound('There is no such room.');
}

function newRow(slug: string, given: Pick<RoomRow, 'created' | 'declared'>): RoomRow {
  return {
    slug,
    id: newId('r'),
    last_started: null,
    last_ended: null,
    title: null,
    owner: null,
    description: null,
    tags: null,
    language: null,
    watch: 'everyone',
    password: null,
    epoch: 0,
    guests: 'write',
    max_viewers: null,
    max_bit_rate: null,
    archived: null,
    show_viewers: 0,
    ...given,
  };
}
