import type { Kysely } from 'kysely';
import { NotFound } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Picture, PictureType } from '../../media/images/picture.ts';
import type { PictureCache, ServedPicture } from './picture-cache.ts';
import { hashOf } from './picture-rules.ts';
import type { PictureSources, PictureTables } from './picture-tables.ts';

/** What rooms are shown by. All but the bytes are in memory, because every list of rooms tells of them. */
export class Covers {
  readonly #db: Kysely<PictureTables>;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #cache: PictureCache;
  /** Id of the room → what it has. */
  readonly #rooms = new Map<string, { hash: string; type: PictureType }>();

  private constructor({ store, scheduler, cache }: PictureSources) {
    this.#db = store.db.withTables<PictureTables>();
    this.#scheduler = scheduler;
    this.#cache = cache;
  }

  static async open(sources: PictureSources): Promise<Covers> {
    const covers = new Covers(sources);
    for (const { room, ...cover } of await covers.#db.selectFrom('covers').select(['room', 'hash', 'type']).execute())
      covers.#rooms.set(room, cover);
    return covers;
  }

  /** What stands for the bytes of a room's cover; undefined where it has none. */
  hashOf(room: string): string | undefined {
    return this.#rooms.get(room)?.hash;
  }

  async set(room: string, { picture, by }: { picture: Picture; by: string }): Promise<void> {
    const { type, bytes } = picture;
    const hash = hashOf(bytes);
    const columns = { hash, type, by, created: isoTime(this.#scheduler.wall()), bytes };
    await this.#db
      .insertInto('covers')
      .values({ room, ...columns })
      .onConflict((conflict) => conflict.column('room').doUpdateSet(columns))
      .execute();
    this.#rooms.set(room, { hash, type });
  }

  /** Throws `not-found`. */
  async remove(room: string): Promise<void> {
    if (!this.#rooms.has(room)) throw new NotFound('This room has no cover.');
    await this.#db.deleteFrom('covers').where('room', '=', room).execute();
    this.#rooms.delete(room);
  }

  /** The picture of an address; undefined for one that is not, or is another by now. */
  picture(room: string, hash: string): Promise<ServedPicture | undefined> {
    return this.#cache.picture({ key: `cover ${room}`, known: this.#rooms.get(room), hash }, () =>
      this.#db.selectFrom('covers').select(['bytes', 'hash']).where('room', '=', room).executeTakeFirst(),
    );
  }
}
