import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Titles that the owner gave. Where there is none, the slug makes one; a title that the file declares is never stored. */
export const addRoomTitle: Migration = {
  name: '0003-room-title',
  async up(db) {
    await sql`ALTER TABLE rooms ADD COLUMN title TEXT`.execute(db);
  },
};
