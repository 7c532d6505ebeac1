import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** As whom somebody was let in by a link, so that a ban of the link’s viewer is of them, too. */
export const addEntryViewers: Migration = {
  name: '0014-entry-viewers',
  async up(db) {
    await sql`ALTER TABLE room_entries ADD COLUMN viewer TEXT`.execute(db);
  },
};
