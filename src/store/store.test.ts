import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RoomcastError } from '../errors.ts';
import { FolderLock } from './folder-lock.ts';
import { SECRET_FILE } from './seal.ts';
import { DATABASE_FILE, type Migration, openStore, type Store } from './store.ts';

type Things = { things: { name: string; bytes: Uint8Array | null; owner: string | null } };

const first: Migration = {
  name: '0001-things',
  async up(db) {
    await sql`CREATE TABLE owners (name TEXT PRIMARY KEY) STRICT`.execute(db);
    await sql`CREATE TABLE things (name TEXT PRIMARY KEY, bytes BLOB, owner TEXT REFERENCES owners) STRICT`.execute(db);
  },
};
const second: Migration = {
  name: '0002-more',
  up: (db) => sql`ALTER TABLE things ADD COLUMN more TEXT`.execute(db).then(() => {}),
};

let folder: string;
const open: Store[] = [];

async function start(migrations: readonly Migration[] = [first], where = folder): Promise<Store> {
  const store = await openStore({ folder: where, migrations });
  open.push(store);
  return store;
}

async function failure(promise: Promise<unknown>): Promise<RoomcastError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RoomcastError);
  return error as RoomcastError;
}

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'roomcast-store-')), 'data');
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close().catch(() => {});
  await rm(join(folder, '..'), { recursive: true, force: true });
});

describe('the store', () => {
  test('keeps rows, with bytes, over a restart', async () => {
    const store = await start();
    const things = store.db.withTables<Things>();
    await things
      .insertInto('things')
      .values({ name: 'a', bytes: Uint8Array.of(0, 255), owner: null })
      .execute();
    await store.close();
    const again = (await start()).db.withTables<Things>();
    const row = await again.selectFrom('things').selectAll().executeTakeFirstOrThrow();
    expect([row.name, [...row.bytes!]]).toEqual(['a', [0, 255]]);
  });

  test('makes the data folder and everything in it readable for its user only', async () => {
    await start();
    const modes = await Promise.all(
      ['.', DATABASE_FILE, `${DATABASE_FILE}-wal`, SECRET_FILE].map((name) => stat(join(folder, name))),
    );
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600', '600']);
  });

  test('makes a database private that was not', async () => {
    await (await start()).close();
    await chmod(join(folder, DATABASE_FILE), 0o644);
    await start();
    expect((await stat(join(folder, DATABASE_FILE))).mode & 0o777).toBe(0o600);
  });

  test('writes ahead, checks foreign keys and waits for a lock', async () => {
    const { db } = await start();
    const { rows } = await sql<{ journal_mode: string }>`PRAGMA journal_mode`.execute(db);
    expect(rows[0]!.journal_mode).toBe('wal');
    const orphan = { name: 'a', bytes: null, owner: 'nobody' };
    await expect(db.withTables<Things>().insertInto('things').values(orphan).execute()).rejects.toThrow(/FOREIGN KEY/);
    expect((await sql<{ timeout: number }>`PRAGMA busy_timeout`.execute(db)).rows[0]!.timeout).toBe(5000);
  });

  test('says that a file is no database, and leaves it there', async () => {
    await (await start()).close();
    await writeFile(join(folder, DATABASE_FILE), 'this is not a database at all, but long enough to be looked at');
    await rm(join(folder, `${DATABASE_FILE}-wal`), { force: true });
    const error = await failure(openStore({ folder, migrations: [first] }));
    expect([error.code, error.message.includes('damaged or not a database')]).toEqual(['store-failed', true]);
    expect(await readFile(join(folder, DATABASE_FILE), 'utf8')).toContain('this is not');
  });

  test('says which folder cannot be made', async () => {
    const file = join(folder, '..', 'file');
    await writeFile(file, '');
    const error = await failure(openStore({ folder: join(file, 'data'), migrations: [] }));
    expect([error.code, error.message.includes(join(file, 'data'))]).toEqual(['store-failed', true]);
  });

  test('serves two servers in one process from two folders', async () => {
    const [a, b] = await Promise.all([start(), start([first], `${folder}-2`)]);
    await a.db.withTables<Things>().insertInto('things').values({ name: 'a', bytes: null, owner: null }).execute();
    expect(await b.db.withTables<Things>().selectFrom('things').selectAll().execute()).toEqual([]);
  });

  test('belongs to one program at a time, and says so to the next', async () => {
    expect(FolderLock.isTaken(folder)).toBe(false);
    const store = await start();
    expect(FolderLock.isTaken(folder)).toBe(true);
    const error = await failure(start());
    expect([error.code, error.message]).toEqual([
      'store-failed',
      expect.stringContaining(`uses the data folder ${folder}`),
    ]);
    await store.close();
    expect(FolderLock.isTaken(folder)).toBe(false);
    await start();
  });

  test('waits for one that is about to let go', async () => {
    const store = await start();
    const [next] = await Promise.all([start(), store.close()]);
    expect(next.folder).toBe(folder);
  });

  test('is free again after a start that failed', async () => {
    await (await start([first, second])).close();
    expect((await failure(start([first]))).code).toBe('store-newer');
    await start([first, second]);
  });
});

describe('what is sealed', () => {
  test('can be opened again, after a restart too, and looks different each time', async () => {
    const { seal, close } = await start();
    const sealed = seal.seal('a secret', 'test');
    expect(Buffer.from(sealed).equals(Buffer.from(seal.seal('a secret', 'test')))).toBe(false);
    expect(Buffer.from(sealed).includes('a secret')).toBe(false);
    await close();
    expect((await start()).seal.open(sealed, 'test')).toBe('a secret');
  });

  test('opens for nothing else, not after a change of any byte, and not with another secret', async () => {
    const { seal } = await start();
    const sealed = seal.seal('a secret', 'test');
    expect(() => seal.open(sealed, 'other')).toThrow(RoomcastError);
    for (let i = 0; i < sealed.length; i++) {
      const changed = Uint8Array.from(sealed);
      changed[i]! ^= 1;
      expect(() => seal.open(changed, 'test'), `byte ${i}`).toThrow(RoomcastError);
    }
    expect(() => seal.open(sealed.subarray(0, 20), 'test')).toThrow(RoomcastError);
    const other = await start([first], `${folder}-2`);
    expect(() => other.seal.open(sealed, 'test')).toThrow(/is not the one that sealed it/);
  });

  test('tells a damaged secret file from a missing one', async () => {
    await (await start()).close();
    await writeFile(join(folder, SECRET_FILE), 'abc\n');
    const error = await failure(openStore({ folder, migrations: [first] }));
    expect([error.code, error.message.includes('64 hex digits')]).toEqual(['store-failed', true]);
  });
});

test('opening a database says nothing on standard error', () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', listen);
  new DatabaseSync(':memory:').close();
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
