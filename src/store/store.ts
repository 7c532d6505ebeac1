import { join, resolve } from 'node:path';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { RoomcastError } from '../errors.ts';
import { systemScheduler } from '../io/scheduler.ts';
import type { Logger } from '../log.ts';
import { openDatabase } from './database.ts';
import { type Dialect, sqlite } from './dialect.ts';
import { failed, makeDataFolder, makePrivate } from './folder.ts';
import { FolderLock } from './folder-lock.ts';
import { migrate, type Migration } from './migrate.ts';
import { openSeal, type Seal } from './seal.ts';

export type { Dialect } from './dialect.ts';
export type { Migration } from './migrate.ts';
export type { Seal } from './seal.ts';

/** The database's file within the data folder. */
export const DATABASE_FILE = 'roomcast.db';

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
  migrations: readonly Migration[];
  log?: Logger;
}

/**
 * Opens the data folder, which is made when missing, for this process alone. Throws `store-newer` for a database of a
 * newer version and `store-failed`, with the reason in words, for one that is in use or cannot be read or written.
 */
export async function openStore({ folder, migrations, log }: StoreOptions): Promise<Store> {
  const root = resolve(folder);
  const file = join(root, DATABASE_FILE);
  await makeDataFolder(root);
  const lock = await FolderLock.take(root);
  let database: SqliteDatabase | undefined;
  try {
    const seal = await openSeal(root);
    await makePrivate(file);
    database = openDatabase(file);
    const db = new Kysely<object>({ dialect: new SqliteDialect({ database }) });
    await migrate(db, { migrations, dialect: sqlite, file, now: systemScheduler().wall() });
    log?.debug({ file }, 'database opened');
    return { folder: root, db, seal, dialect: sqlite, close: () => db.destroy().finally(() => lock.release()) };
  } catch (error) {
    database?.close();
    lock.release();
    throw error instanceof RoomcastError ? error : unusable(file, error);
  }
}

function unusable(file: string, error: unknown): RoomcastError {
  const { errcode } = error as { errcode?: number };
  // SQLITE_CORRUPT and SQLITE_NOTADB (https://www.sqlite.org/rescode.html)
  const damaged = errcode !== undefined && ((errcode & 0xff) === 11 || (errcode & 0xff) === 26);
  if (!damaged) return failed(`The database ${file} cannot be opened`, error);
  return new RoomcastError(
    'store-failed',
    `${file} is damaged or not a database of roomcast. Restore it from a backup, or move it away to begin with an empty one.`,
    { cause: error },
  );
}
