import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** How loud people with an account want it. */
export const createVolumes: Migration = {
  name: '0012-volumes',
  async up(db) {
    await sql`CREATE TABLE volumes (
      account TEXT PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
      -- 0 to 1
      level DOUBLE PRECISION NOT NULL,
      muted INTEGER NOT NULL
    )`.execute(db);
  },
};
