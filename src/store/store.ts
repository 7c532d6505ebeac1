import { resolve } from 'node:path';
import type { Kysely } from 'kysely';
import { RoomcastError } from '../errors.ts';
import { systemScheduler } from '../io/scheduler.ts';
import type { Logger } from '../log.ts';
import type { Dialect } from './dialect.ts';
import { StoreFault } from './faults.ts';
import { makeDataFolder } from './folder.ts';
import { FolderLock } from './folder-lock.ts';
import { migrate, type Migration } from './migrate.ts';
import type { OpenedDatabase } from './opened-database.ts';
import { openSeal, type Seal } from './seal.ts';
import { openSqlite } from './sqlite.ts';

export type { Dialect } from './dialect.ts';
export type { Migration } from './migrate.ts';
export type { Seal } from './seal.ts';
export { DATABASE_FILE } from './sqlite.ts';

/** The database and the secret of one data folder. */
export interface Store {
  /** Absolute path of the data folder. */
  readonly folder: string;
  /** Each feature sees its own tables: `store.db.withTables<RoomTables>()`. */
  readonly db: Kysely<object>;
  readonly seal: Seal;
  readonly dialect: Dialect;
  close(): Promise<void>;
}

export interface StoreOptions {
  folder: string;
  /** `postgres://USER:PASSWORD@HOST:PORT/NAME`. Without it SQLite, in a file of the folder. */
  database?: string | undefined;
  migrations: readonly Migration[];
  log?: Logger;
}

/**
 * Opens the data folder, which is made when missing, and its database, for this process alone. Throws `store-newer` for a
 * database of a newer version and `store-failed`, with the reason in words, for one that is in use or cannot be read or written.
 */
export async function openStore({ folder, database: address, migrations, log }: StoreOptions): Promise<Store> {
  const root = resolve(folder);
  await makeDataFolder(root);
  const lock = await FolderLock.take(root);
  let database: OpenedDatabase | undefined;
  try {
    const seal = await openSeal(root);
    database = await (address === undefined ? openSqlite(root, log) : openPostgres(address, log));
    const { db, dialect, where } = database;
    await migrate(db, { migrations, dialect, where, now: systemScheduler().wall() });
    database.ready();
    log?.debug({ database: where }, 'database opened');
    return { folder: root, db, seal, dialect, close: () => db.destroy().finally(() => lock.release()) };
  } catch (error) {
    await database?.db.destroy();
    lock.release();
    const cause = error instanceof StoreFault ? error.cause : error;
    throw database && !(cause instanceof RoomcastError) ? database.unusable(cause) : cause;
  }
}

/** Loaded where it is used: most servers have a file. */
async function openPostgres(address: string, log?: Logger): Promise<OpenedDatabase> {
  const { openPostgres: open } = await import('./postgres.ts');
  return open(address, log);
}
