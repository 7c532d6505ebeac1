import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Whether everybody in a room may see who has signed in. */
export const addShowViewers: Migration = {
  name: '0010-show-viewers',
  async up(db) {
    await sql`ALTER TABLE rooms ADD COLUMN show_viewers INTEGER NOT NULL DEFAULT 0`.execute(db);
  },
};
