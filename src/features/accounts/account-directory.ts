import type { Kysely } from 'kysely';
import { NotFound, RoomcastError } from '../../errors.ts';
import { newId } from '../../io/new-id.ts';
import { Passwords } from '../../io/passwords.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import { keyOf, readName } from './account-name.ts';
import type { AccountRow, AccountTables } from './account-tables.ts';
import { checkPassword } from './password-rules.ts';

/** Accounts of one server. All are in memory, because every request asks for one. */
const MAX_ACCOUNTS = 100_000;

/** Somebody, or a bot, that the server knows. */
export interface Account {
  readonly id: string;
  readonly kind: 'person' | 'bot';
  /** Absent for an admin who has not chosen one yet. */
  readonly name?: string;
  readonly email?: string;
  readonly admin: boolean;
  /** May not sign in. */
  readonly disabled: boolean;
  readonly hasPassword: boolean;
  /** ISO 8601 in UTC. */
  readonly created: string;
}

/** What a new account has. */
export interface NewAccount {
  kind?: Account['kind'];
  name?: string;
  password?: string;
  email?: string;
  admin?: boolean;
}

/** What of an account can be changed; null takes it away. */
export interface AccountChange {
  name?: string;
  email?: string | null;
  password?: string;
  disabled?: boolean;
}

/** Every account. What is changed is in the database before it holds. */
export class AccountDirectory {
  readonly passwords: Passwords = new Passwords();
  readonly #db: Kysely<AccountTables>;
  readonly #scheduler: Scheduler;
  readonly #accounts = new Map<string, Account>();
  /** Account → salted hash. Apart from the accounts, so that it is told with none of them. */
  readonly #hashes = new Map<string, string>();
  readonly #byName = new Map<string, string>();
  /** Names of accounts that are being made. */
  readonly #reserved = new Set<string>();

  private constructor(store: Store, scheduler: Scheduler) {
    this.#db = store.db.withTables<AccountTables>();
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Scheduler): Promise<AccountDirectory> {
    const directory = new AccountDirectory(store, scheduler);
    for (const row of await directory.#db.selectFrom('accounts').selectAll().orderBy('created').execute())
      directory.#put(row);
    return directory;
  }

  /** Whoever claimed the server first. */
  get admin(): Account | undefined {
    return this.list().find(({ admin }) => admin);
  }

  find(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  /** By a name as somebody typed it. */
  named(name: string): Account | undefined {
    const id = this.#byName.get(keyOf(name));
    return id === undefined ? undefined : this.#accounts.get(id);
  }

  /** A name for a guest, as it is shown. Throws `bad-request` for one that will not do, and `name-taken`. */
  freeName(text: string): string {
    const { shown, key } = readName(text);
    if (this.#byName.has(key)) throw new RoomcastError('name-taken', 'Somebody with an account has this name.');
    return shown;
  }

  /** The oldest first. */
  list(): Account[] {
    return [...this.#accounts.values()];
  }

  /** Throws `bad-request` for a name or password that will not do, `name-taken`, and `busy` where there is no room. */
  async create({ kind = 'person', name, password, email, admin = false }: NewAccount): Promise<Account> {
    if (this.#accounts.size >= MAX_ACCOUNTS) throw new RoomcastError('busy', 'This server takes no more accounts.');
    const chosen = name === undefined ? undefined : readName(name);
    if (password !== undefined) checkPassword(password, name);
    const reserved = chosen && this.#reserve(chosen.key);
    try {
      const row: AccountRow = {
        id: newId('u'),
        kind,
        name: chosen?.shown ?? null,
        name_key: chosen?.key ?? null,
        email: email ?? null,
        password: password === undefined ? null : await this.passwords.hash(password),
        admin: admin ? 1 : 0,
        disabled: 0,
        created: isoTime(this.#scheduler.wall()),
      };
      await this.#db.insertInto('accounts').values(row).execute();
      return this.#put(row);
    } finally {
      reserved?.();
    }
  }

  /**
   * Throws `not-found`, `name-taken`, and `bad-request` for a name or password that will not do, or where the server would have
   * no owner.
   */
  async change(id: string, { name, email, password, disabled }: AccountChange): Promise<Account> {
    const before = this.#get(id);
    if (disabled) keepAdmin(before);
    const chosen = name === undefined ? undefined : readName(name);
    if (password !== undefined) checkPassword(password, chosen?.shown ?? before.name);
    const reserved = chosen && chosen.key !== keyOf(before.name ?? '') ? this.#reserve(chosen.key) : undefined;
    try {
      const hash = password === undefined ? undefined : await this.passwords.hash(password);
      const columns: Partial<AccountRow> = {
        ...(chosen && { name: chosen.shown, name_key: chosen.key }),
        ...(email !== undefined && { email }),
        ...(hash !== undefined && { password: hash }),
        ...(disabled !== undefined && { disabled: disabled ? 1 : 0 }),
      };
      if (Object.keys(columns).length > 0)
        await this.#db.updateTable('accounts').set(columns).where('id', '=', id).execute();
      const row = await this.#db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
      this.#forget(id);
      if (!row) throw noAccount();
      return this.#put(row);
    } finally {
      reserved?.();
    }
  }

  /** Takes an account away, with its sign-ins and tokens. Throws `not-found`, and `bad-request` for the admin's. */
  async remove(id: string): Promise<void> {
    keepAdmin(this.#get(id));
    await this.#db.deleteFrom('accounts').where('id', '=', id).execute();
    this.#forget(id);
  }

  /** The account of a name and password; undefined for any other, after the same time. Throws `busy` in a flood. */
  async verify(name: string, password: string): Promise<Account | undefined> {
    const account = this.named(name);
    const hash = account && !account.disabled ? this.#hashes.get(account.id) : undefined;
    if (!(await this.passwords.matches(password, hash))) return undefined;
    // It may be another one by now, or nobody's.
    const found = this.#accounts.get(account!.id);
    return found && !found.disabled && this.#hashes.get(found.id) === hash ? found : undefined;
  }

  #reserve(key: string): () => void {
    if (this.#byName.has(key) || this.#reserved.has(key))
      throw new RoomcastError('name-taken', 'Somebody else has this name.');
    this.#reserved.add(key);
    return () => this.#reserved.delete(key);
  }

  #get(id: string): Account {
    const account = this.#accounts.get(id);
    if (!account) throw noAccount();
    return account;
  }

  #put(row: AccountRow): Account {
    const account = accountOf(row);
    this.#accounts.set(row.id, account);
    if (row.name_key !== null) this.#byName.set(row.name_key, row.id);
    if (row.password !== null) this.#hashes.set(row.id, row.password);
    return account;
  }

  #forget(id: string): void {
    const account = this.#accounts.get(id);
    this.#accounts.delete(id);
    this.#hashes.delete(id);
    if (account?.name !== undefined) this.#byName.delete(keyOf(account.name));
  }
}

function noAccount(): NotFound {
  return new NotFound('There is no such account.');
}

/** The server would have no owner. */
function keepAdmin({ admin }: Account): void {
  if (admin) throw new RoomcastError('bad-request', 'This is the account of the server’s owner.');
}

function accountOf({ id, kind, name, email, password, admin, disabled, created }: AccountRow): Account {
  return {
    id,
    kind,
    ...(name === null ? {} : { name }),
    ...(email === null ? {} : { email }),
    admin: admin === 1,
    disabled: disabled === 1,
    hasPassword: password !== null,
    created,
  };
}
