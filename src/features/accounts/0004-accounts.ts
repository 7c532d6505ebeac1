import { type Kysely, sql } from 'kysely';
import type { Migration } from '../../store/store.ts';
import { newId } from '../../io/new-id.ts';

type Before = {
  owner_browsers: { hash: string; created: string; expires: string };
  claims: { at: string };
};
type After = {
  accounts: { id: string; kind: string; admin: number; created: string };
  sign_ins: { hash: string; account: string; created: string; expires: string };
};

/**
 * People and bots, and the browsers in which they are signed in. Whoever claimed the server before has the admin's account;
 * their browsers stay signed in.
 */
export const createAccounts: Migration = {
  name: '0004-accounts',
  async up(db, { strict }) {
    await sql`CREATE TABLE accounts (
      id TEXT PRIMARY KEY,
      -- 'person' or 'bot'
      kind TEXT NOT NULL,
      name TEXT,
      -- what names are compared by
      name_key TEXT UNIQUE,
      email TEXT,
      -- salted hash with its parameters
      password TEXT,
      admin INTEGER NOT NULL DEFAULT 0,
      disabled INTEGER NOT NULL DEFAULT 0,
      created TEXT NOT NULL
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE sign_ins (
      -- SHA-256 of the cookie's value
      hash TEXT PRIMARY KEY,
      account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
      created TEXT NOT NULL,
      expires TEXT NOT NULL,
      agent TEXT
    ) ${strict}`.execute(db);
    await sql`CREATE INDEX sign_ins_account ON sign_ins (account)`.execute(db);
    // Without an account a token acts for the server itself.
    await sql`ALTER TABLE tokens ADD COLUMN account TEXT REFERENCES accounts ON DELETE CASCADE`.execute(db);
    await sql`ALTER TABLE tokens ADD COLUMN name TEXT`.execute(db);
    await sql`ALTER TABLE tokens ADD COLUMN expires TEXT`.execute(db);
    await keepOwner(db.withTables<Before & After>());
    await sql`DROP TABLE owner_browsers`.execute(db);
    await sql`DROP TABLE claims`.execute(db);
  },
};

async function keepOwner(db: Kysely<Before & After>): Promise<void> {
  const claim = await db.selectFrom('claims').select('at').orderBy('at').executeTakeFirst();
  if (!claim) return;
  const id = newId('u');
  await db.insertInto('accounts').values({ id, kind: 'person', admin: 1, created: claim.at }).execute();
  for (const { hash, created, expires } of await db.selectFrom('owner_browsers').selectAll().execute())
    await db.insertInto('sign_ins').values({ hash, account: id, created, expires }).execute();
}
