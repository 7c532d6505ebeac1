import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Pictures that people give: what stands in a chat as `:name:`, and what a room is shown by. */
export const createPictures: Migration = {
  name: '0009-pictures',
  async up(db, { bytes, strict }) {
    await sql`CREATE TABLE emotes (
      -- empty for those of the whole server
      room TEXT NOT NULL,
      name TEXT NOT NULL,
      -- of the bytes
      hash TEXT NOT NULL,
      type TEXT NOT NULL,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      -- account
      by TEXT NOT NULL,
      created TEXT NOT NULL,
      bytes ${bytes} NOT NULL,
      PRIMARY KEY (room, name)
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE covers (
      room TEXT PRIMARY KEY,
      hash TEXT NOT NULL,
      type TEXT NOT NULL,
      by TEXT NOT NULL,
      created TEXT NOT NULL,
      bytes ${bytes} NOT NULL
    ) ${strict}`.execute(db);
  },
};
