import { sql } from 'kysely';
import { type Dialect, likeOf } from './dialect.ts';

/** PostgreSQL 13 or newer. */
export const postgres: Dialect = {
  name: 'postgres',
  bytes: sql`BYTEA`,
  strict: sql``,
  serial: sql`BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY`,
  // Nobody else is there: the connection has the lock of the database.
  begin: sql`BEGIN`,

  async indexText(db, { table, column }) {
    // It comes with PostgreSQL, but who owns a database may not be allowed to put it there. Without it, search reads the table.
    await sql`SAVEPOINT trigrams`.execute(db);
    try {
      await sql`CREATE EXTENSION IF NOT EXISTS pg_trgm`.execute(db);
      const [index, of, name] = [sql.id(`${table}_${column}`), sql.id(table), sql.id(column)];
      await sql`CREATE INDEX ${index} ON ${of} USING gin (${name} gin_trgm_ops)`.execute(db);
    } catch {
      await sql`ROLLBACK TO SAVEPOINT trigrams`.execute(db);
    }
    await sql`RELEASE SAVEPOINT trigrams`.execute(db);
  },

  hasText({ table, column }, text) {
    return sql<boolean>`${sql.ref(`${table}.${column}`)} ILIKE ${likeOf(text)} ESCAPE '\\'`;
  },
};
