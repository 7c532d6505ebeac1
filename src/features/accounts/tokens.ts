import type { Kysely } from 'kysely';
import type { Scope } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { AccountTables } from './account-tables.ts';
import { FirstEnd } from './first-end.ts';
import { hashToken, makeToken, tokenId } from './secret-token.ts';

/** A bearer token as its owner may see it. Times are ISO 8601 in UTC. */
export interface TokenRecord {
  id: string;
  scope: Scope;
  created: string;
  /** What it is for, in its owner's words. */
  name?: string;
  /** The account that it acts for; the server itself where absent. */
  account?: string;
  expires?: string;
  /** Since the server started. */
  lastUsed?: string;
}

/** What is said of a token that is made; without an account it is a program’s of the server itself. */
export interface NewToken {
  scope: Scope;
  account?: string | undefined;
  name?: string | undefined;
  /** Wall time in ms. */
  expires?: number | undefined;
}

/** What a token proves. */
export interface Proof {
  readonly account: string | undefined;
  readonly scope: Scope;
}

interface Entry extends Proof {
  readonly ends: number;
  used: number | undefined;
}

/** Bearer tokens for programs. They are shown once and kept as hashes. */
export class Tokens {
  readonly #db: Kysely<AccountTables>;
  readonly #scheduler: Scheduler;
  readonly #entries = new Map<string, Entry>();
  readonly #firstEnd = new FirstEnd();

  private constructor(store: Store, scheduler: Scheduler) {
    this.#db = store.db.withTables<AccountTables>();
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Scheduler): Promise<Tokens> {
    const tokens = new Tokens(store, scheduler);
    for (const { hash, scope, account, expires } of await tokens.#db.selectFrom('tokens').selectAll().execute())
      tokens.#put(hash, {
        scope,
        account: account ?? undefined,
        ends: expires === null ? Infinity : Date.parse(expires),
        used: undefined,
      });
    return tokens;
  }

  /** What a token proves; undefined when it is not valid, or not any more. */
  proofOf(token: string): Proof | undefined {
    const entry = this.#entries.get(hashToken(token));
    const now = this.#scheduler.wall();
    if (!entry || now >= entry.ends) return undefined;
    entry.used = now;
    return entry;
  }

  /** Whether the time of one is over since this was asked before. */
  hasOneEnded(): boolean {
    return this.#firstEnd.hasPassed(this.#scheduler.wall(), this.#entries.values());
  }

  async create({ scope, account, name, expires }: NewToken): Promise<string> {
    const token = makeToken('rt_');
    const row = {
      hash: hashToken(token),
      scope,
      created: isoTime(this.#scheduler.wall()),
      account: account ?? null,
      name: name ?? null,
      expires: expires === undefined ? null : isoTime(expires),
    };
    await this.#db.insertInto('tokens').values(row).execute();
    this.#put(row.hash, { scope, account, ends: expires ?? Infinity, used: undefined });
    return token;
  }

  /** A token of the server itself that ends with this process, for commands beside it. */
  createPassing(): string {
    const token = makeToken('rt_');
    this.#entries.set(hashToken(token), { scope: 'admin', account: undefined, ends: Infinity, used: undefined });
    return token;
  }

  /** Every token that was made, or those of one account, the oldest first; not those that end with a process. */
  async list(account?: string): Promise<TokenRecord[]> {
    let query = this.#db.selectFrom('tokens').selectAll().orderBy('created').orderBy('hash');
    if (account !== undefined) query = query.where('account', '=', account);
    return (await query.execute()).map(({ hash, scope, created, name, account: whose, expires }) => {
      const used = this.#entries.get(hash)?.used;
      return {
        id: tokenId(hash),
        scope,
        created,
        ...(name === null ? {} : { name }),
        ...(whose === null ? {} : { account: whose }),
        ...(expires === null ? {} : { expires }),
        ...(used === undefined ? {} : { lastUsed: isoTime(used) }),
      };
    });
  }

  /** Makes a token worthless at once. False when there is none of that id, or it is not the account's. */
  async revoke(id: string, account?: string): Promise<boolean> {
    const rows = await this.#db.selectFrom('tokens').select(['hash', 'account']).execute();
    const row = rows.find(
      ({ hash, account: whose }) => tokenId(hash) === id && (account === undefined || whose === account),
    );
    if (!row) return false;
    this.#entries.delete(row.hash);
    await this.#db.deleteFrom('tokens').where('hash', '=', row.hash).execute();
    return true;
  }

  #put(hash: string, entry: Entry): void {
    this.#entries.set(hash, entry);
    this.#firstEnd.add(entry.ends);
  }

  /** Forgets the tokens of an account that is gone; the database has done so. */
  forget(account: string): void {
    for (const [hash, entry] of this.#entries) if (entry.account === account) this.#entries.delete(hash);
  }
}
