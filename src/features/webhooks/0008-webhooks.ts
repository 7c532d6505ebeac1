import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Other servers that are told of what happens, what they were told and are to be told, and the words that they answer. */
export const createWebhooks: Migration = {
  name: '0008-webhooks',
  async up(db, { bytes, serial, strict }) {
    await sql`CREATE TABLE webhooks (
      id TEXT PRIMARY KEY,
      -- id of a room; all of them where it is null
      room TEXT,
      url TEXT NOT NULL,
      -- AES-256-GCM under the data folder's secret
      secret ${bytes} NOT NULL,
      -- JSON: events, decisions, milestones, what holds when it does not answer
      settings TEXT NOT NULL,
      enabled INTEGER NOT NULL,
      created TEXT NOT NULL
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE webhook_deliveries (
      -- in the order in which they are sent
      seq ${serial},
      hook TEXT NOT NULL,
      event TEXT NOT NULL,
      type TEXT NOT NULL,
      at TEXT NOT NULL,
      -- JSON, as it is signed
      body TEXT NOT NULL,
      -- 'waiting', 'sent' or 'dead'
      state TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      -- of the last attempt
      tried TEXT,
      status INTEGER,
      error TEXT,
      ms INTEGER
    ) ${strict}`.execute(db);
    await sql`CREATE INDEX webhook_deliveries_hook ON webhook_deliveries (hook, state, seq)`.execute(db);
    await sql`CREATE TABLE chat_commands (
      id TEXT PRIMARY KEY,
      -- id of the room
      room TEXT NOT NULL,
      name TEXT NOT NULL,
      help TEXT NOT NULL,
      url TEXT NOT NULL,
      secret ${bytes} NOT NULL,
      -- account of the bot that says the answers
      bot TEXT,
      created TEXT NOT NULL,
      UNIQUE (room, name)
    ) ${strict}`.execute(db);
  },
};
