import { join } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import { RoomcastError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { openDatabase } from './database.ts';
import { failed, makePrivate } from './folder.ts';
import { sqlite } from './sqlite-dialect.ts';
import type { OpenedDatabase } from './opened-database.ts';
import { worded } from './worded-dialect.ts';

/** The database's file within the data folder. */
export const DATABASE_FILE = 'roomcast.db';

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://www.sqlite.org/rescode.html) */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

/** Opens the database of a data folder. Throws `store-failed`. */
export async function openSqlite(folder: string, log?: Logger): Promise<OpenedDatabase> {
  const file = join(folder, DATABASE_FILE);
  await makePrivate(file);
  const unusable = (cause: unknown): RoomcastError => unusableFile(file, cause);
  try {
    const database = openDatabase(file);
    const db = new Kysely<object>({ dialect: worded(new SqliteDialect({ database }), log) });
    return { db, dialect: sqlite, where: file, ready() {}, unusable };
  } catch (error) {
    throw unusable(error);
  }
}

function unusableFile(file: string, error: unknown): RoomcastError {
  const { errcode } = error as { errcode?: number };
  if (errcode === undefined || !DAMAGED.has(errcode & 0xff))
    return failed(`The database ${file} cannot be opened`, error);
  return new RoomcastError(
    'store-failed',
    `${file} is damaged or not a database of roomcast. Restore it from a backup, or move it away to begin with an empty one.`,
    { cause: error },
  );
}
