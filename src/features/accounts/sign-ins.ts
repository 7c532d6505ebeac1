import type { Kysely } from 'kysely';
import { Busy } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { AccountTables } from './account-tables.ts';
import { COOKIE_LIFE } from './cookie.ts';
import { FirstEnd } from './first-end.ts';
import { hashToken, makeToken, tokenId } from './secret-token.ts';
import { SignInWrites } from './sign-in-writes.ts';

/** Browsers that one account may be signed in with; the oldest are signed out for new ones. */
const MAX_PER_ACCOUNT = 50;
/** Programs of one account that are signed in by its password at once, which count apart from browsers. */
const MAX_PASSING = 20;

/** Before what is hard to take back, one who signed in longer ago has to prove again who they are. ms */
const RECENT = 2 * 3_600_000;

/** A browser that is signed in, as its owner may see it. Times are ISO 8601 in UTC. */
export interface SignInRecord {
  id: string;
  created: string;
  /** What the browser calls itself. */
  agent?: string;
  /** Since the server started. */
  lastUsed?: string;
}

interface Entry {
  readonly account: string;
  readonly created: string;
  readonly agent: string | undefined;
  /** Wall time in ms. */
  readonly ends: number;
  used: number | undefined;
  /** Ends with this process. */
  readonly isPassing?: true;
  /** Wall time in ms at which its owner last proved who they are. */
  proven: number;
}

/** The browsers that are signed in, by the value of their cookie. */
export class SignIns {
  readonly #scheduler: Scheduler;
  readonly #writes: SignInWrites;
  readonly #entries = new Map<string, Entry>();
  readonly #byAccount = new Map<string, Set<string>>();
  readonly #firstEnd = new FirstEnd();

  private constructor(db: Kysely<AccountTables>, scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#writes = new SignInWrites(db, scheduler);
  }

  static async open(store: Store, scheduler: Scheduler): Promise<SignIns> {
    const db = store.db.withTables<AccountTables>();
    const signIns = new SignIns(db, scheduler);
    const now = isoTime(scheduler.wall());
    await db.deleteFrom('sign_ins').where('expires', '<=', now).execute();
    for (const row of await db.selectFrom('sign_ins').selectAll().orderBy('created').execute())
      signIns.#put(row.hash, {
        ...row,
        agent: row.agent ?? undefined,
        ends: Date.parse(row.expires),
        used: undefined,
        proven: Date.parse(row.created),
      });
    return signIns;
  }

  /** The account of a cookie's value. */
  accountOf(value: string): string | undefined {
    const entry = this.#entries.get(hashToken(value));
    const now = this.#scheduler.wall();
    if (!entry || now >= entry.ends) return undefined;
    entry.used = now;
    return entry.account;
  }

  /** Whether the time of one is over since this was asked before. */
  hasOneEnded(): boolean {
    return this.#firstEnd.hasPassed(this.#scheduler.wall(), this.#entries.values());
  }

  /** Signs a browser in. Gives the value of its cookie. */
  async create(account: string, agent?: string): Promise<string> {
    const value = makeToken();
    const now = this.#scheduler.wall();
    const ends = now + COOKIE_LIFE * 1000;
    const row = {
      hash: hashToken(value),
      account,
      created: isoTime(now),
      expires: isoTime(ends),
      agent: agent ?? null,
    };
    // First, so that who is signed out everywhere while it is written is so here, too.
    this.#put(row.hash, { account, created: row.created, agent, ends, used: now, proven: now });
    try {
      await this.#writes.add(row);
    } catch (error) {
      this.#drop(row.hash);
      throw error;
    }
    if (!this.#entries.has(row.hash)) await this.#writes.end([row.hash]);
    const stored = this.#of(account).filter((hash) => !this.#entries.get(hash)!.isPassing);
    if (stored.length > MAX_PER_ACCOUNT) await this.#end([stored[0]!]);
    return value;
  }

  /**
   * Signs a program in for as long as it runs and this process does: nothing is stored. Gives the value of its cookie. Throws
   * `too-many-requests` for an account that has too many of them.
   */
  createPassing(account: string, agent: string): string {
    const own = this.#of(account).filter((hash) => this.#entries.get(hash)!.isPassing);
    if (own.length >= MAX_PASSING) throw new Busy('This account is signed in too often.', 60, 'too-many-requests');
    const value = makeToken();
    const now = this.#scheduler.wall();
    this.#put(hashToken(value), {
      ...{ account, agent, created: isoTime(now), ends: now + COOKIE_LIFE * 1000, used: now, proven: now },
      isPassing: true,
    });
    return value;
  }

  /** Whether the owner of a cookie has proven lately who they are. */
  isRecent(value: string): boolean {
    const entry = this.#entries.get(hashToken(value));
    return entry !== undefined && this.#scheduler.wall() - entry.proven < RECENT;
  }

  /** They have done so just now. */
  prove(value: string): void {
    const entry = this.#entries.get(hashToken(value));
    if (entry) entry.proven = this.#scheduler.wall();
  }

  /** The newest first. */
  list(account: string): SignInRecord[] {
    return this.#of(account)
      .toReversed()
      .map((hash) => {
        const { created, agent, used } = this.#entries.get(hash)!;
        return {
          id: tokenId(hash),
          created,
          ...(agent === undefined ? {} : { agent }),
          ...(used === undefined ? {} : { lastUsed: isoTime(used) }),
        };
      });
  }

  /** The id of a cookie's value, as `list` has it. */
  idOf(value: string): string {
    return tokenId(hashToken(value));
  }

  /** Signs the browser of an id out. False when the account has none. */
  async end(account: string, id: string): Promise<boolean> {
    const hash = this.#of(account).find((each) => tokenId(each) === id);
    if (hash === undefined) return false;
    await this.#end([hash]);
    return true;
  }

  /** Signs all browsers of an account out, but the one that is kept. */
  async endAll(account: string, { but }: { but?: string | undefined } = {}): Promise<void> {
    const kept = but === undefined ? undefined : hashToken(but);
    await this.#end(this.#of(account).filter((hash) => hash !== kept));
  }

  /** Forgets the browsers of an account that is gone; the database has done so. */
  forget(account: string): void {
    const hashes = this.#of(account);
    for (const hash of hashes) this.#entries.delete(hash);
    this.#writes.forget(hashes);
    this.#byAccount.delete(account);
  }

  /** Writes what is owed to the database, where it can be. */
  close(): Promise<void> {
    return this.#writes.close();
  }

  async #end(hashes: readonly string[]): Promise<void> {
    if (hashes.length === 0) return;
    // Worthless at once, whatever the database says.
    for (const hash of hashes) this.#drop(hash);
    await this.#writes.end(hashes);
  }

  /** Hashes of an account's sign-ins, the oldest first. */
  #of(account: string): string[] {
    return [...(this.#byAccount.get(account) ?? [])];
  }

  #drop(hash: string): void {
    const entry = this.#entries.get(hash);
    this.#entries.delete(hash);
    if (entry) this.#byAccount.get(entry.account)?.delete(hash);
  }

  #put(hash: string, entry: Entry): void {
    this.#entries.set(hash, entry);
    this.#firstEnd.add(entry.ends);
    const browsers = this.#byAccount.get(entry.account);
    if (browsers) browsers.add(hash);
    else this.#byAccount.set(entry.account, new Set([hash]));
  }
}
