import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RoomcastError } from '../errors.ts';
import type { TextColumn } from './dialect.ts';
import { type Migration, openStore, type Store } from './store.ts';

/** What every kind of database does alike: this runs on SQLite with the unit tests, and on PostgreSQL with those of conformance. */

type Tables = {
  owners: { name: string };
  things: { name: string; bytes: Uint8Array | null; weight: number | null; owner: string | null };
  log: { id: number; text: string };
};

const TEXT: TextColumn = { table: 'log', column: 'text' };

const first: Migration = {
  name: '0001-things',
  async up(db, { bytes, strict, serial, indexText }) {
    await sql`CREATE TABLE owners (name TEXT PRIMARY KEY) ${strict}`.execute(db);
    await sql`CREATE TABLE things (
      -- what it is called
      name TEXT PRIMARY KEY,
      bytes ${bytes},
      weight DOUBLE PRECISION,
      owner TEXT REFERENCES owners ON DELETE CASCADE
    )`.execute(db);
    await sql`CREATE TABLE log (id ${serial}, text TEXT NOT NULL) ${strict}`.execute(db);
    await indexText(db, TEXT);
  },
};

const second: Migration = {
  name: '0002-more',
  up: (db) => sql`ALTER TABLE things ADD COLUMN more TEXT`.execute(db).then(() => {}),
};

const third: Migration = {
  name: '0003-broken',
  async up(db) {
    await sql`CREATE TABLE half (a TEXT)`.execute(db);
    throw new Error('broken step');
  },
};

let folder: string;
const open: Store[] = [];

async function start(migrations: readonly Migration[] = [first]): Promise<Store> {
  const store = await openStore({ folder, migrations });
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

const thing = (name: string): Tables['things'] => ({ name, bytes: null, weight: null, owner: null });

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'roomcast-store-')), 'data');
});

afterEach(async () => {
  for (const store of open.splice(0)) await store.close().catch(() => {});
  await rm(join(folder, '..'), { recursive: true, force: true });
});

describe('a database', () => {
  test('gives bytes, numbers and text back as they were, over a restart', async () => {
    const row = { name: 'ä🙂\\%_\'"', bytes: Uint8Array.of(0, 255, 128), weight: 12.345, owner: null };
    const store = await start();
    await store.db.withTables<Tables>().insertInto('things').values(row).execute();
    await store.close();
    const found = await (
      await start()
    ).db
      .withTables<Tables>()
      .selectFrom('things')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect({ ...found, bytes: Uint8Array.from(found.bytes!) }).toEqual(row);
    expect(found.bytes).toBeInstanceOf(Uint8Array);
  });

  test('numbers rows in the order in which they come, in numbers', async () => {
    const db = (await start()).db.withTables<Tables>();
    for (const text of ['a', 'b', 'c'])
      await db
        .insertInto('log')
        .values({ text } as never)
        .execute();
    expect(await db.selectFrom('log').selectAll().orderBy('id').execute()).toEqual([
      { id: 1, text: 'a' },
      { id: 2, text: 'b' },
      { id: 3, text: 'c' },
    ]);
    const { count } = await db
      .selectFrom('log')
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(3);
    expect(await db.selectFrom('log').select('text').where('id', '<', 2).execute()).toEqual([{ text: 'a' }]);
  });

  test('finds a piece of text in any case and script, however short, and takes no letter of it for a pattern', async () => {
    const { db: plain, dialect } = await start();
    const db = plain.withTables<Tables>();
    const texts = ['The Quick fox', '100% sure', 'a_b and "c" \\d', '你好，世界', 'ÄPFEL', 'nothing'];
    for (const text of texts)
      await db
        .insertInto('log')
        .values({ text } as never)
        .execute();
    const find = async (text: string): Promise<string[]> =>
      (await db.selectFrom('log').select('text').where(dialect.hasText(TEXT, text)).orderBy('id').execute()).map(
        (row) => row.text,
      );
    expect(await find('qUICK')).toEqual(['The Quick fox']);
    expect(await find('0%')).toEqual(['100% sure']);
    expect(await find('00% ')).toEqual(['100% sure']);
    expect(await find('a_b')).toEqual(['a_b and "c" \\d']);
    expect(await find('"c" \\')).toEqual(['a_b and "c" \\d']);
    expect(await find('世界')).toEqual(['你好，世界']);
    expect(await find('äpfel')).toEqual(['ÄPFEL']);
    expect(await find('%')).toEqual(['100% sure']);
    expect(await find('OR x')).toEqual([]);
    await db.updateTable('log').set({ text: 'something' }).where('text', '=', 'nothing').execute();
    await db.deleteFrom('log').where('text', '=', 'ÄPFEL').execute();
    expect([await find('something'), await find('nothing'), await find('äpfel')]).toEqual([['something'], [], []]);
  });

  test('checks what rows refer to, and takes away what belongs to a row that goes', async () => {
    const db = (await start()).db.withTables<Tables>();
    await expect(
      db
        .insertInto('things')
        .values({ ...thing('a'), owner: 'nobody' })
        .execute(),
    ).rejects.toThrow(/foreign key/i);
    await db.insertInto('owners').values({ name: 'ann' }).execute();
    await db
      .insertInto('things')
      .values({ ...thing('a'), owner: 'ann' })
      .execute();
    await db.deleteFrom('owners').execute();
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([]);
  });

  test('takes a row in place of another where it is told to', async () => {
    const db = (await start()).db.withTables<Tables>();
    for (const weight of [1, 2])
      await db
        .insertInto('things')
        .values({ ...thing('a'), weight })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ weight }))
        .execute();
    await db
      .insertInto('things')
      .values({ ...thing('a'), weight: 3 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    expect((await db.selectFrom('things').select('weight').execute()).map(({ weight }) => weight)).toEqual([2]);
  });

  test('orders ids by their letters and digits', async () => {
    const db = (await start()).db.withTables<Tables>();
    const ids = ['01J0000000000000000000000A', '01J00000000000000000000009', '01J0000000000000000000000Z', '01H'];
    for (const id of ids) await db.insertInto('things').values(thing(id)).execute();
    const found = await db.selectFrom('things').select('name').orderBy('name').execute();
    expect(found.map(({ name }) => name)).toEqual(ids.toSorted());
  });

  test('rolls a failed transaction back, and goes on', async () => {
    const db = (await start()).db.withTables<Tables>();
    const attempt = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('things').values(thing('a')).execute();
      throw new Error('no');
    });
    await expect(attempt).rejects.toThrow('no');
    const twice = db.transaction().execute(async (transaction) => {
      for (const name of ['b', 'b']) await transaction.insertInto('things').values(thing(name)).execute();
    });
    await expect(twice).rejects.toThrow(/unique/i);
    await db.insertInto('things').values(thing('c')).execute();
    expect((await db.selectFrom('things').select('name').execute()).map(({ name }) => name)).toEqual(['c']);
  });

  test('does what comes at once in the order in which it came', async () => {
    const db = (await start()).db.withTables<Tables>();
    await db.insertInto('things').values(thing('a')).execute();
    const writes = Array.from({ length: 50 }, (_, weight) => db.updateTable('things').set({ weight }).execute());
    const inside = db.transaction().execute(async (transaction) => {
      await transaction.updateTable('things').set({ weight: 1000 }).execute();
      await transaction.updateTable('things').set({ weight: 1001 }).execute();
    });
    const last = db.updateTable('things').set({ weight: 7 }).execute();
    await Promise.all([...writes, inside, last]);
    expect(await db.selectFrom('things').select('weight').execute()).toEqual([{ weight: 7 }]);
  });

  test('a statement that is wrong is no fault of the database', async () => {
    const error: unknown = await sql`SELECT * FROM nowhere`
      .execute((await start()).db)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(RoomcastError);
  });

  test('text with a zero byte hurts nobody', async () => {
    const db = (await start()).db.withTables<Tables>();
    const code = await db
      .selectFrom('things')
      .selectAll()
      .where('name', '=', 'a\0b')
      .execute()
      .then(
        (rows) => rows.length,
        (error: RoomcastError) => error.code,
      );
    expect([0, 'bad-request']).toContain(code);
    await db.insertInto('things').values(thing('c')).execute();
  });
});

describe('bringing a database up to date', () => {
  test('takes each step once, in the order of names', async () => {
    const ran: string[] = [];
    const logged = [second, first].map(({ name, up }) => ({
      name,
      up: async (...given: Parameters<typeof up>) => {
        ran.push(name);
        await up(...given);
      },
    }));
    await (await start([logged[1]!])).close();
    await (await start(logged)).close();
    await start(logged);
    expect(ran).toEqual(['0001-things', '0002-more']);
  });

  test('leaves everything as it was when one step of several fails', async () => {
    await (await start()).close();
    const error = await failure(openStore({ folder, migrations: [first, second, third] }));
    expect([error.code, error.message]).toEqual(['store-failed', expect.stringContaining('broken step')]);
    const { db } = await start();
    await expect(sql`SELECT more FROM things`.execute(db)).rejects.toThrow(/more/);
    await expect(sql`SELECT * FROM half`.execute(db)).rejects.toThrow(/half/);
  });

  test('refuses a database of a newer version, in words, and does not touch it', async () => {
    await (await start([first, second])).close();
    const error = await failure(openStore({ folder, migrations: [first] }));
    expect([error.code, error.message]).toEqual(['store-newer', expect.stringContaining('0002-more')]);
    expect(error.message).toContain('newer version');
    await start([first, second]);
  });

  test('one process has it at a time: the next is told, and gets it when it is free', async () => {
    const store = await start();
    const error = await failure(start());
    expect([error.code, error.message]).toEqual(['store-failed', expect.stringContaining('Another roomcast uses')]);
    await store.close();
    await start();
  });
});
