import { type Kysely, sql } from 'kysely';
import { RoomcastError } from '../errors.ts';
import type { Dialect } from './dialect.ts';

/**
 * One step from an older database to a newer one, a file of the feature that owns the table. Steps run once, in the
 * order of their names over all features, so a name starts with a number: `0001-rooms`.
 */
export interface Migration {
  readonly name: string;
  up(db: Kysely<object>, dialect: Dialect): Promise<void>;
}

type MigrationTables = { migrations: { name: string; at: string } };

export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  readonly dialect: Dialect;
  /** Where the database is, for words. */
  readonly where: string;
  /** Wall time in ms. */
  readonly now: number;
}

/**
 * Brings the database up to date; all or nothing, and safe beside another process that does the same. Throws
 * `store-newer` for a database that has seen steps this program does not know.
 */
export async function migrate(db: Kysely<object>, { migrations, dialect, where, now }: MigrateOptions): Promise<void> {
  const steps = [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1));
  await db.connection().execute(async (connection) => {
    const tables = connection.withTables<MigrationTables>();
    await dialect.begin.execute(connection);
    try {
      await sql`CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, at TEXT NOT NULL) ${dialect.strict}`.execute(
        connection,
      );
      const done = new Set((await tables.selectFrom('migrations').select('name').execute()).map((row) => row.name));
      const unknown = [...done].filter((name) => !steps.some((step) => step.name === name));
      if (unknown.length > 0) throw newer(where, unknown);
      for (const step of steps) {
        if (done.has(step.name)) continue;
        await step.up(connection, dialect);
        await tables
          .insertInto('migrations')
          .values({ name: step.name, at: new Date(now).toISOString() })
          .execute();
      }
      await sql`COMMIT`.execute(connection);
    } catch (error) {
      await sql`ROLLBACK`.execute(connection).catch(() => {});
      throw error;
    }
  });
}

function newer(where: string, unknown: readonly string[]): RoomcastError {
  return new RoomcastError(
    'store-newer',
    `${where} was written by a newer version of roomcast (it has ${unknown.join(', ')}). Start that version, or restore a backup that was made before the upgrade.`,
  );
}
