import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Who is named in a message, which message stands above a chat, and what those who look after a room note about people. */
export const addPinsAndNotes: Migration = {
  name: '0009-pins-and-notes',
  async up(db, { strict }) {
    // JSON array of accounts and guests
    await sql`ALTER TABLE messages ADD COLUMN mentions TEXT`.execute(db);
    await sql`CREATE INDEX messages_held ON messages (room, id) WHERE state = 'held'`.execute(db);
    await sql`CREATE TABLE chat_pins (
      room TEXT PRIMARY KEY,
      message TEXT NOT NULL,
      by TEXT NOT NULL,
      at TEXT NOT NULL
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE chat_notes (
      id TEXT PRIMARY KEY,
      room TEXT NOT NULL,
      -- account or guest that it is about
      who TEXT NOT NULL,
      text TEXT NOT NULL,
      by TEXT NOT NULL,
      at TEXT NOT NULL
    ) ${strict}`.execute(db);
    await sql`CREATE INDEX chat_notes_who ON chat_notes (room, who, id)`.execute(db);
  },
};
