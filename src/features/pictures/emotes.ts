import type { Kysely } from 'kysely';
import type { Emote } from '../../client/messages.ts';
import { NotFound, RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Picture } from '../../media/images/picture.ts';
import type { PictureCache, ServedPicture } from './picture-cache.ts';
import { checkEmoteName, hashOf } from './picture-rules.ts';
import type { EmoteRow, PictureSources, PictureTables } from './picture-tables.ts';

/** Emotes of one room, or of the server: a list that a person finds something in, and that every viewer is told. */
const MAX_EMOTES = 100;
/** What stands for the whole server in place of a room. */
export const SERVER = '';

type EmoteRecord = Omit<EmoteRow, 'bytes'>;

/** The emotes of all rooms and of the server. All but their bytes are in memory, because every viewer is told of them. */
export class Emotes {
  readonly #db: Kysely<PictureTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #cache: PictureCache;
  /** Room → name → emote. */
  readonly #rooms = new Map<string, Map<string, EmoteRecord>>();
  /** Changes are made one after the other: many at once are no more than there may be. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor({ store, scheduler, cache }: PictureSources) {
    this.#db = store.db.withTables<PictureTables>();
    this.#scheduler = scheduler;
    this.#cache = cache;
  }

  static async open(sources: PictureSources): Promise<Emotes> {
    const emotes = new Emotes(sources);
    const columns = ['room', 'name', 'hash', 'type', 'width', 'height', 'by', 'created'] as const;
    for (const row of await emotes.#db.selectFrom('emotes').select(columns).execute()) emotes.#put(row);
    return emotes;
  }

  /** Those of one room, by its id, or of the server, by name. `base`: the address under which they are. */
  list(room: string, base: string): Emote[] {
    const emotes = [...(this.#rooms.get(room)?.values() ?? [])].map(({ name, hash, width, height }) => ({
      name,
      url: `${base}/${name}/${hash}`,
      width,
      height,
      ...(room === SERVER ? { server: true as const } : {}),
    }));
    return emotes.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Adds an emote, in place of one of that name. Throws `bad-request` for a name that will not do, and `limit-exceeded`. */
  async set(room: string, name: string, given: { picture: Picture; by: string }): Promise<void> {
    checkEmoteName(name);
    await this.#inTurn(() => this.#set(room, name, given));
  }

  /** Throws `not-found`. */
  remove(room: string, name: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#rooms.get(room)?.has(name)) throw new NotFound('There is no such emote.');
      await this.#db.deleteFrom('emotes').where('room', '=', room).where('name', '=', name).execute();
      this.#rooms.get(room)!.delete(name);
    });
  }

  /** The picture of an address; undefined for one that is not, or is another by now. */
  picture(room: string, { name, hash }: { name: string; hash: string }): Promise<ServedPicture | undefined> {
    const known = this.#rooms.get(room)?.get(name);
    return this.#cache.picture({ key: `emote ${room} ${name}`, known, hash }, () => {
      const query = this.#db.selectFrom('emotes').select(['bytes', 'hash']);
      return query.where('room', '=', room).where('name', '=', name).executeTakeFirst();
    });
  }

  async #set(room: string, name: string, { picture, by }: { picture: Picture; by: string }): Promise<void> {
    const known = this.#rooms.get(room);
    if (!known?.has(name) && (known?.size ?? 0) >= MAX_EMOTES)
      throw new RoomcastError('limit-exceeded', `There are at most ${MAX_EMOTES} emotes.`, {
        detail: { why: 'too-many', limit: MAX_EMOTES },
      });
    const { type, width, height, bytes } = picture;
    const created = isoTime(this.#scheduler.wall());
    const columns = { hash: hashOf(bytes), type, width, height, by, created };
    await this.#db
      .insertInto('emotes')
      .values({ room, name, ...columns, bytes })
      .onConflict((conflict) => conflict.columns(['room', 'name']).doUpdateSet({ ...columns, bytes }))
      .execute();
    this.#put({ room, name, ...columns });
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => {});
    return done;
  }

  #put(emote: EmoteRecord): void {
    const known = this.#rooms.get(emote.room);
    if (known) known.set(emote.name, emote);
    else this.#rooms.set(emote.room, new Map([[emote.name, emote]]));
  }
}
