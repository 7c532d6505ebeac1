import { type Kysely, sql } from 'kysely';
import type { Migration } from '../../store/store.ts';
import { newId } from '../../io/new-id.ts';

type Before = {
  rooms: {
    slug: string;
    id: string | null;
    created: string;
    key_id: string | null;
    key_hash: Uint8Array | null;
    key_sealed: Uint8Array | null;
  };
  room_keys: {
    id: string;
    room: string;
    name: string;
    main: number;
    hash: Uint8Array;
    sealed: Uint8Array;
    sealed_for: string;
    created: string;
  };
};

/**
 * What an owner says of a room and allows in it, several keys for each, and who is what in it. Rooms get an id, which
 * stays when their address changes.
 */
export const addRoomSettings: Migration = {
  name: '0005-room-settings',
  async up(db, { bytes, strict }) {
    for (const column of [
      sql`id TEXT`,
      // account; the owner of the server where it is null
      sql`owner TEXT`,
      sql`description TEXT`,
      // JSON array
      sql`tags TEXT`,
      sql`language TEXT`,
      sql`watch TEXT NOT NULL DEFAULT 'everyone'`,
      // salted hash
      sql`password TEXT`,
      // passes and entries of another epoch are worth nothing
      sql`epoch INTEGER NOT NULL DEFAULT 0`,
      sql`guests TEXT NOT NULL DEFAULT 'write'`,
      sql`max_viewers INTEGER`,
      sql`max_bit_rate INTEGER`,
      sql`archived TEXT`,
    ])
      await sql`ALTER TABLE rooms ADD COLUMN ${column}`.execute(db);
    await sql`CREATE TABLE room_keys (
      id TEXT PRIMARY KEY,
      room TEXT NOT NULL,
      name TEXT NOT NULL,
      -- 1 for the one that is shown first
      main INTEGER NOT NULL,
      -- SHA-256 of the key
      hash ${bytes} NOT NULL UNIQUE,
      -- AES-256-GCM under the data folder's secret, for what the next column says
      sealed ${bytes} NOT NULL,
      sealed_for TEXT NOT NULL,
      created TEXT NOT NULL,
      last_used TEXT
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE room_members (
      room TEXT NOT NULL,
      account TEXT NOT NULL,
      role TEXT NOT NULL,
      since TEXT NOT NULL,
      PRIMARY KEY (room, account)
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE room_bans (
      id TEXT PRIMARY KEY,
      room TEXT NOT NULL,
      -- account or guest; null for a ban of a network alone
      who TEXT,
      name TEXT,
      network TEXT,
      reason TEXT,
      -- account
      by TEXT NOT NULL,
      created TEXT NOT NULL,
      until TEXT
    ) ${strict}`.execute(db);
    await sql`CREATE TABLE room_entries (
      room TEXT NOT NULL,
      who TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      until TEXT NOT NULL,
      PRIMARY KEY (room, who)
    ) ${strict}`.execute(db);
    await moveKeys(db.withTables<Before>());
    await sql`CREATE UNIQUE INDEX rooms_id ON rooms (id)`.execute(db);
  },
};

async function moveKeys(db: Kysely<Before>): Promise<void> {
  for (const { slug, created, key_id, key_hash, key_sealed } of await db.selectFrom('rooms').selectAll().execute()) {
    const id = newId('r');
    const none = { id, key_id: null, key_hash: null, key_sealed: null };
    await db.updateTable('rooms').set(none).where('slug', '=', slug).execute();
    if (!key_id || !key_hash || !key_sealed) continue;
    const key = { id: key_id, room: id, name: 'main', main: 1, hash: key_hash, sealed: key_sealed };
    await db
      .insertInto('room_keys')
      .values({ ...key, sealed_for: slug, created })
      .execute();
  }
}
