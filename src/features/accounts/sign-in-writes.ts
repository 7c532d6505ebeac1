import type { Kysely } from 'kysely';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { StoreFault } from '../../store/faults.ts';
import type { AccountTables } from './account-tables.ts';

/** How often it is tried again: who has made room is done ten seconds later. */
const RETRY = 5 * SECOND;

type Row = AccountTables['sign_ins'];

/**
 * Writes which browsers are signed in. One that a full disk does not take is signed in all the same, and written once there is
 * room; a server that stops before has forgotten it. So are those that were signed out.
 */
export class SignInWrites {
  readonly #db: Kysely<AccountTables>;
  readonly #scheduler: Scheduler;
  readonly #added = new Map<string, Row>();
  readonly #ended = new Set<string>();
  #cancel: (() => void) | undefined;
  #retrying: Promise<void> | undefined;

  constructor(db: Kysely<AccountTables>, scheduler: Scheduler) {
    this.#db = db;
    this.#scheduler = scheduler;
  }

  /** Throws `store-failed` for a database that is not there: by now it may be another process's. */
  async add(row: Row): Promise<void> {
    try {
      await this.#db.insertInto('sign_ins').values(row).execute();
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#added.set(row.hash, row);
      this.#owe();
    }
  }

  /** Throws `store-failed` as `add` does; it is tried again then, too. */
  async end(hashes: readonly string[]): Promise<void> {
    this.forget(hashes);
    try {
      await this.#db.deleteFrom('sign_ins').where('hash', 'in', hashes).execute();
    } catch (error) {
      for (const hash of hashes) this.#ended.add(hash);
      this.#owe();
      if (!isFull(error)) throw error;
    }
  }

  /** They are not to be written any more. */
  forget(hashes: Iterable<string>): void {
    for (const hash of hashes) this.#added.delete(hash);
  }

  /** Tries a last time. */
  async close(): Promise<void> {
    await this.#retrying;
    await this.#retry();
    this.#cancel?.();
  }

  #owe(): void {
    this.#cancel ??= this.#scheduler.after(RETRY, () => {
      this.#cancel = undefined;
      this.#retrying = this.#retry();
    });
  }

  async #retry(): Promise<void> {
    if (this.#added.size + this.#ended.size === 0) return;
    const [added, ended] = [[...this.#added.values()], [...this.#ended]];
    try {
      await this.#db.transaction().execute(async (db) => {
        if (ended.length > 0) await db.deleteFrom('sign_ins').where('hash', 'in', ended).execute();
        if (added.length > 0) await db.insertInto('sign_ins').values(added).execute();
      });
    } catch {
      this.#owe();
      return;
    }
    for (const hash of ended) this.#ended.delete(hash);
    // One that was signed out meanwhile is in the database by now.
    const gone = added.map(({ hash }) => hash).filter((hash) => !this.#added.delete(hash));
    if (gone.length > 0) await this.end(gone).catch(() => {});
  }
}

function isFull(error: unknown): boolean {
  return error instanceof StoreFault && error.full;
}
