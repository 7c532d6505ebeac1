import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** The browsers that opened the owner's link, and bearer tokens. Both are kept as SHA-256 only. */
export const createOwner: Migration = {
  name: '0002-owner',
  async up(db, { strict }) {
    await sql`CREATE TABLE owner_browsers (
      hash TEXT PRIMARY KEY,
      created TEXT NOT NULL,
      expires TEXT NOT NULL
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE tokens (
      hash TEXT PRIMARY KEY,
      scope TEXT NOT NULL,
      created TEXT NOT NULL
    ) ${strict}`.execute(db);
    // One row once somebody has opened the link; it stays when all browsers have expired.
    await sql`CREATE TABLE claims (at TEXT NOT NULL) ${strict}`.execute(db);
  },
};
