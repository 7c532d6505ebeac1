import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';
import { MESSAGE_TEXT } from './chat-tables.ts';

/** What was said, and what the people of a room make of it. */
export const createChat: Migration = {
  name: '0006-chat',
  async up(db, { strict, indexText }) {
    await sql`CREATE TABLE messages (
      -- in the order in which they were said
      id TEXT PRIMARY KEY,
      -- id of the last change; that of the message before there is one
      rev TEXT NOT NULL,
      room TEXT NOT NULL,
      -- 'say', 'me' or 'system'
      kind TEXT NOT NULL,
      who TEXT NOT NULL,
      name TEXT NOT NULL,
      role TEXT NOT NULL,
      text TEXT NOT NULL,
      reply_to TEXT,
      -- JSON
      danmaku TEXT,
      broadcast TEXT,
      -- seconds of the broadcast
      media_time DOUBLE PRECISION,
      -- 'said', 'held' or 'deleted'
      state TEXT NOT NULL,
      edited TEXT,
      -- account of who deleted it
      deleted_by TEXT,
      -- the first that somebody said in the room
      first INTEGER NOT NULL
    )`.execute(db);
    await sql`CREATE UNIQUE INDEX messages_rev ON messages (room, rev)`.execute(db);
    await sql`CREATE INDEX messages_room ON messages (room, id)`.execute(db);
    await sql`CREATE INDEX messages_who ON messages (room, who, id)`.execute(db);
    await sql`CREATE INDEX messages_media ON messages (broadcast, media_time)`.execute(db);
    await sql`CREATE TABLE reactions (
      message TEXT NOT NULL,
      who TEXT NOT NULL,
      emoji TEXT NOT NULL,
      PRIMARY KEY (message, emoji, who)
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE chat_settings (room TEXT PRIMARY KEY, settings TEXT NOT NULL) ${strict}`.execute(db);
    await sql`CREATE TABLE chat_timeouts (
      room TEXT NOT NULL,
      who TEXT NOT NULL,
      name TEXT NOT NULL,
      reason TEXT,
      by TEXT NOT NULL,
      until TEXT NOT NULL,
      PRIMARY KEY (room, who)
    ) ${strict}`.execute(db);
    await indexText(db, MESSAGE_TEXT);
  },
};
