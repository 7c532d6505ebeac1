import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** Who changed what. Rows are only ever added, and taken away when they are old. */
export const createAudit: Migration = {
  name: '0007-audit',
  async up(db, { strict, serial }) {
    await sql`CREATE TABLE audit (
      id ${serial},
      at TEXT NOT NULL,
      -- account or guest, 'server', or null for nobody that is known
      who TEXT,
      name TEXT,
      remote TEXT NOT NULL,
      action TEXT NOT NULL,
      -- slug of the room that it was about, as it was then
      room TEXT,
      -- JSON, without secrets
      details TEXT NOT NULL
    ) ${strict}`.execute(db);
    await sql`CREATE INDEX audit_room ON audit (room, id)`.execute(db);
    await sql`CREATE INDEX audit_at ON audit (at)`.execute(db);
  },
};
