import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** What was live in rooms, and who watched. */
export const createBroadcasts: Migration = {
  name: '0010-broadcasts',
  async up(db, { strict }) {
    await sql`CREATE TABLE broadcasts (
      id TEXT PRIMARY KEY,
      -- id of the room
      room TEXT NOT NULL,
      started TEXT NOT NULL,
      -- when the row was written last
      seen TEXT NOT NULL,
      -- null while it is on
      ended TEXT,
      peak INTEGER NOT NULL,
      viewers INTEGER NOT NULL,
      watch_seconds INTEGER NOT NULL,
      -- JSON
      protocols TEXT NOT NULL,
      messages INTEGER NOT NULL
    ) ${strict}`.execute(db);
    await sql`CREATE INDEX broadcasts_room ON broadcasts (room, started)`.execute(db);
  },
};
