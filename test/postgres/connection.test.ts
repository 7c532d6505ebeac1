import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RoomcastError } from '../../src/errors.ts';
import { type Migration, openStore, type Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../output.ts';
import { Relay } from '../relay.ts';
import { until } from '../servers.ts';
import { clusterPort, passwords, TestDatabase } from './database.ts';

const things: Migration = {
  name: '0001-things',
  up: (db) => sql`CREATE TABLE things (name TEXT PRIMARY KEY)`.execute(db).then(() => {}),
};
type Things = { things: { name: string } };

/** How soon a statement of a database that is gone is answered. ms */
const SOON = 2000;
/** How soon it works again. ms */
const AGAIN = 10_000;

async function start(database?: string): Promise<Store> {
  const store = await openStore({ folder: temporaryFolder(), database, migrations: [things] });
  onTestFinished(() => store.close().catch(() => {}));
  return store;
}

const add = ({ db }: Store, name: string): Promise<unknown> =>
  db.withTables<Things>().insertInto('things').values({ name }).execute();
const names = async ({ db }: Store): Promise<string[]> =>
  (await db.withTables<Things>().selectFrom('things').select('name').orderBy('name').execute()).map(({ name }) => name);

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof RoomcastError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was expected to fail');
}

test('what suites open here is on PostgreSQL', async () => {
  const { dialect, db } = await start();
  expect(dialect.name).toBe('postgres');
  const { rows } = await sql<{ version: string }>`SELECT version()`.execute(db);
  expect(rows[0]!.version).toMatch(/^PostgreSQL 1\d/);
});

describe('a connection that is lost', () => {
  test('is made again by the next who asks; a transaction in its midst is told, and has done nothing', async () => {
    const database = await TestDatabase.make();
    const store = await start(database.address());
    await add(store, 'a');
    const attempt = store.db
      .withTables<Things>()
      .transaction()
      .execute(async (transaction) => {
        await transaction.insertInto('things').values({ name: 'b' }).execute();
        expect(await database.endConnections()).toBe(1);
        await transaction.insertInto('things').values({ name: 'c' }).execute();
      });
    expect((await failure(attempt)).code).toBe('store-failed');
    await add(store, 'd');
    expect(await names(store)).toEqual(['a', 'd']);
    expect(await database.endConnections()).toBe(1);
    await until(
      'it works again',
      () =>
        add(store, 'e').then(
          () => true,
          () => false,
        ),
      AGAIN,
    );
    expect(await names(store)).toEqual(['a', 'd', 'e']);
  });

  test('whose database is away is told of soon, to a hundred at once too, and is there when that comes back', async () => {
    const database = await TestDatabase.make();
    const relay = await Relay.to(clusterPort());
    const store = await start(database.address({ port: relay.port }));
    await add(store, 'a');
    const open = relay.close();
    const asked = performance.now();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => failure(add(store, `x${index}`))));
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['store-failed']));
    expect(performance.now() - asked).toBeLessThan(SOON);
    await open();
    await until(
      'it works again',
      () =>
        add(store, 'b').then(
          () => true,
          () => false,
        ),
      AGAIN,
    );
    expect(await names(store)).toEqual(['a', 'b']);
  });

  test('without a word is given up, and the lock that it still has is no obstacle', { timeout: 60_000 }, async () => {
    const database = await TestDatabase.make();
    const relay = await Relay.to(clusterPort());
    const store = await start(database.address({ port: relay.port }));
    await add(store, 'a');
    relay.freeze();
    const [first, later] = await Promise.all([failure(add(store, 'b')), failure(names(store))]);
    expect(first.code).toBe('store-failed');
    expect(later.code).toBe('busy');
    await until(
      'it works again',
      () =>
        add(store, 'c').then(
          () => true,
          () => false,
        ),
      AGAIN,
    );
    expect(await names(store)).toContain('c');
  });

  test('does not come back while another process has the database, and what is said then is never kept', async () => {
    const database = await TestDatabase.make();
    const relay = await Relay.to(clusterPort());
    const store = await start(database.address({ port: relay.port }));
    const open = relay.close();
    const other = await start(database.address());
    await open();
    expect((await failure(add(store, 'a'))).code).toBe('store-failed');
    await other.close();
    await until(
      'it works again',
      () =>
        add(store, 'b').then(
          () => true,
          () => false,
        ),
      AGAIN,
    );
    expect(await names(store)).toEqual(['b']);
  });
});

test('a statement that takes too long is cut off, and the next goes on', async () => {
  const store = await start();
  expect((await failure(sql`SELECT pg_sleep(30)`.execute(store.db))).code).toBe('busy');
  await add(store, 'a');
  expect(await names(store)).toEqual(['a']);
});

describe('a database that cannot be used is refused at the start, in words without the password', () => {
  const refused = async (address: string, ...words: RegExp[]): Promise<void> => {
    const { code, message } = await failure(start(address));
    expect(code).toBe('store-failed');
    for (const each of words) expect(message).toMatch(each);
    for (const password of passwords()) expect(message).not.toContain(password);
  };

  test('as another process has it', async () => {
    const database = await TestDatabase.make();
    const store = await start(database.address());
    await refused(database.address(), /Another roomcast uses this database/);
    await store.close();
    await start(database.address());
  });

  test('as it is not there, nobody listens, or the password is wrong', async () => {
    const database = await TestDatabase.make();
    await refused(
      database.address().replace(database.name, 'nowhere'),
      /postgres@127\.0\.0\.1:\d+\/nowhere cannot be used/,
    );
    await refused(database.address({ port: 1 }), /ECONNREFUSED/);
    await refused(database.address({ user: 'nobody' }), /authentication failed/);
  });

  test('as it keeps text in some other way than UTF-8', async () => {
    const latin = await TestDatabase.make(`TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
    await refused(latin.address(), /LATIN1.*UTF8/);
  });
});

test('search works where its index may not be made', async () => {
  const database = await TestDatabase.make();
  const user = `plain_${database.name}`;
  const [, password] = passwords();
  await database.ask(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
  await database.ask(`GRANT CREATE, USAGE ON SCHEMA public TO ${user}`);
  const at = { table: 'log', column: 'text' };
  const log: Migration = {
    name: '0001-log',
    async up(db, { indexText, strict }) {
      await sql`CREATE TABLE log (id INTEGER, text TEXT) ${strict}`.execute(db);
      await indexText(db, at);
      await sql`INSERT INTO log VALUES (1, 'The Quick fox')`.execute(db);
    },
  };
  const store = await openStore({ folder: temporaryFolder(), database: database.address({ user }), migrations: [log] });
  onTestFinished(() => store.close());
  expect(await database.ask(`SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'`)).toEqual([]);
  expect(
    (await sql`SELECT id FROM log WHERE ${store.dialect.hasText(at, 'quick')}`.execute(store.db)).rows,
  ).toHaveLength(1);
});
