import { sql } from 'kysely';
import type { Migration } from '../../store/store.ts';

/** The secret before the last one, which signs for a while beside it. */
export const addSecretBefore: Migration = {
  name: '0013-webhook-secrets',
  async up(db, { bytes }) {
    await sql`ALTER TABLE webhooks ADD COLUMN secret_before ${bytes}`.execute(db);
    await sql`ALTER TABLE webhooks ADD COLUMN secret_before_ends TEXT`.execute(db);
  },
};
