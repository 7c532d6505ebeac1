import type { Kysely } from 'kysely';
import { RoomcastError } from '../../errors.ts';
import type { Credentials, Identity } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import { COOKIE_LIFE, ownerCookieOf } from './cookie.ts';
import { OwnerLinks } from './owner-links.ts';
import type { OwnerTables, TokenScope } from './owner-tables.ts';
import { hashToken, makeToken, tokenId } from './secret-token.ts';

/** Everyone who proves to be the owner. There is one owner; accounts come with a later stage. */
const OWNER: Identity = { id: 'owner', role: 'owner' };

/** A bearer token as its owner may see it. Times are ISO 8601 in UTC. */
export interface TokenRecord {
  id: string;
  scope: TokenScope;
  created: string;
  /** Since the server started. */
  lastUsed?: string;
}

/** Who is the owner: browsers that opened a link, and programs with a bearer token. */
export class OwnerAccess {
  readonly links: OwnerLinks;
  readonly #db: Kysely<OwnerTables>;
  readonly #scheduler: Scheduler;
  /** Hash → wall time in ms at which it ends. */
  readonly #browsers = new Map<string, number>();
  /** Hash → wall time in ms of its last use in this process. */
  readonly #tokens = new Map<string, number | undefined>();
  #claimed = false;

  private constructor(store: Store, scheduler: Scheduler) {
    this.#db = store.db.withTables<OwnerTables>();
    this.#scheduler = scheduler;
    this.links = new OwnerLinks(scheduler);
  }

  static async open(store: Store, scheduler: Scheduler): Promise<OwnerAccess> {
    const access = new OwnerAccess(store, scheduler);
    await access.#load();
    return access;
  }

  /** True once somebody has opened a link. */
  get claimed(): boolean {
    return this.#claimed;
  }

  identify({ bearer, cookie }: Credentials): Identity | undefined {
    if (bearer !== undefined) return this.#isToken(hashToken(bearer)) ? OWNER : undefined;
    const value = cookie === undefined ? undefined : ownerCookieOf(cookie);
    if (value === undefined) return undefined;
    const ends = this.#browsers.get(hashToken(value));
    return ends !== undefined && this.#scheduler.wall() < ends ? OWNER : undefined;
  }

  /** Trades a link's token for the value of the owner's cookie. Throws `already-claimed` for one that was used or is too old. */
  async claim(token: string): Promise<string> {
    if (!this.links.use(token)) {
      throw new RoomcastError(
        'already-claimed',
        'This link was used before, or is too old. “npx roomcast link” prints a fresh one, and so does the next start.',
      );
    }
    const value = makeToken();
    const now = this.#scheduler.wall();
    const ends = now + COOKIE_LIFE * 1000;
    const row = { hash: hashToken(value), created: isoTime(now), expires: isoTime(ends) };
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.insertInto('owner_browsers').values(row).execute();
      if (!this.#claimed)
        await transaction
          .insertInto('claims')
          .values({ at: isoTime(now) })
          .execute();
    });
    this.#claimed = true;
    this.#browsers.set(row.hash, ends);
    return value;
  }

  /** A bearer token for programs. It is shown once and kept as a hash. */
  async createToken(scope: TokenScope): Promise<string> {
    const token = makeToken('rt_');
    const row = { hash: hashToken(token), scope, created: isoTime(this.#scheduler.wall()) };
    await this.#db.insertInto('tokens').values(row).execute();
    this.#tokens.set(row.hash, undefined);
    return token;
  }

  /** Every bearer token that was made, the oldest first; not those that end with a process. */
  async tokens(): Promise<TokenRecord[]> {
    const rows = await this.#db.selectFrom('tokens').selectAll().orderBy('created').orderBy('hash').execute();
    return rows.map(({ hash, scope, created }) => {
      const used = this.#tokens.get(hash);
      return { id: tokenId(hash), scope, created, ...(used === undefined ? {} : { lastUsed: isoTime(used) }) };
    });
  }

  /** Makes a bearer token worthless at once. False when there is none of that id. */
  async revokeToken(id: string): Promise<boolean> {
    const rows = await this.#db.selectFrom('tokens').select('hash').execute();
    const hash = rows.map((row) => row.hash).find((each) => tokenId(each) === id);
    if (hash === undefined) return false;
    await this.#db.deleteFrom('tokens').where('hash', '=', hash).execute();
    this.#tokens.delete(hash);
    return true;
  }

  /** A bearer token that ends with this process, for commands beside the server. */
  createPassingToken(): string {
    const token = makeToken('rt_');
    this.#tokens.set(hashToken(token), undefined);
    return token;
  }

  #isToken(hash: string): boolean {
    if (!this.#tokens.has(hash)) return false;
    this.#tokens.set(hash, this.#scheduler.wall());
    return true;
  }

  async #load(): Promise<void> {
    const now = isoTime(this.#scheduler.wall());
    await this.#db.deleteFrom('owner_browsers').where('expires', '<=', now).execute();
    const browsers = await this.#db.selectFrom('owner_browsers').selectAll().execute();
    for (const { hash, expires } of browsers) this.#browsers.set(hash, Date.parse(expires));
    for (const { hash } of await this.#db.selectFrom('tokens').select('hash').execute())
      this.#tokens.set(hash, undefined);
    this.#claimed = (await this.#db.selectFrom('claims').select('at').executeTakeFirst()) !== undefined;
  }
}
