import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { RoomcastError } from '../errors.ts';
import { failed, makePrivate } from './folder.ts';

/** An empty database that is only ever locked: the system lets go of the lock when the process dies, however that happens. */
const LOCK_FILE = 'lock';
/** A server that is stopping, or a command beside it, is waited for: so many looks, so long apart. */
const LOOKS = 20;
const BETWEEN_MS = 50;
/** SQLITE_BUSY (https://www.sqlite.org/rescode.html) */
const BUSY = 5;

/** Keeps a data folder to one process at a time: two would not know of each other's rooms and keys. */
export class FolderLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Throws `store-failed` when another process has the folder. */
  static async take(folder: string): Promise<FolderLock> {
    const file = join(folder, LOCK_FILE);
    await makePrivate(file);
    for (let look = 1; look <= LOOKS; look++) {
      const database = lock(file);
      if (database) return new FolderLock(database);
      await wait(BETWEEN_MS); // unlike the scheduler's, this keeps a command alive
    }
    throw new RoomcastError(
      'store-failed',
      `Another roomcast uses the data folder ${folder}. Stop that one, or give this one a folder of its own with --data.`,
    );
  }

  /** True while a process has the folder. */
  static isTaken(folder: string): boolean {
    const file = join(resolve(folder), LOCK_FILE);
    if (!existsSync(file)) return false;
    const database = lock(file);
    database?.close();
    return database === undefined;
  }

  release(): void {
    this.#database.close();
  }
}

/** Undefined when it is locked already. */
function lock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY) return undefined;
    throw failed(`${file} cannot be locked`, error);
  }
}
