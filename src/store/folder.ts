import { constants } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RoomcastError } from '../errors.ts';

/** Only the user that runs the server may read what is in the data folder. */
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Makes the data folder when it is missing. A folder that is there keeps its mode: its files are private anyway. */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await make(folder);
  } catch (error) {
    throw failed(`The data folder ${folder} cannot be made`, error);
  }
}

/** One by one: Node's own way of making several tries for ever where the system says that there is no such place. */
async function make(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) await make(above);
  await mkdir(folder, PRIVATE_FOLDER).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || stats) throw error;
  });
}

/** Makes an empty private file, or makes one that is there private. */
export async function makePrivate(file: string): Promise<void> {
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
    await handle.chmod(PRIVATE_FILE).catch(() => {}); // file systems without modes
    await handle.close();
  } catch (error) {
    throw failed(`${file} cannot be written`, error);
  }
}

/** Words for a file that cannot be used, with the system's reason. */
export function failed(what: string, cause: unknown): RoomcastError {
  const { code, message } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : { message: String(cause) };
  // All errors of SQLite have the same code.
  const reason = code === undefined || code === 'ERR_SQLITE_ERROR' ? message : code;
  return new RoomcastError(
    'store-failed',
    `${what}: ${reason}. Is it the right folder, and may this user write there?`,
    { cause },
  );
}
