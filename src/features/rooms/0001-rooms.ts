import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Rooms and their publish keys. A key that the configuration file declares is never stored. */
export const createRooms: Migration = {
  name: '0001-rooms',
  async up(db, { bytes, strict }) {
    await sql`CREATE TABLE rooms (
      slug TEXT PRIMARY KEY,
      -- 1 for rooms that exist only while the configuration file declares them
      declared INTEGER NOT NULL DEFAULT 0,
      created TEXT NOT NULL,
      key_id TEXT UNIQUE,
      -- SHA-256 of the key
      key_hash ${bytes} UNIQUE,
      -- AES-256-GCM under the data folder's secret
      key_sealed ${bytes},
      last_started TEXT,
      last_ended TEXT
    ) ${strict}`.execute(db);
  },
};
