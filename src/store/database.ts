import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** A program that finds the database locked by another one (a command beside the server) waits this long. */
const BUSY_MS = 5000;
/** Statements that are kept prepared; the program has fewer different ones. */
const MAX_STATEMENTS = 200;

/** Opens a file as Kysely wants it: write-ahead log, foreign keys, and strict about what is asked. */
export function openDatabase(file: string): SqliteDatabase & { exec(sql: string): void } {
  const database = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  try {
    // With a write-ahead log, "normal" loses nothing when the process dies, and at most the last moment when power does.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF');
  } catch (error) {
    database.close();
    throw error;
  }
  const prepared = new Map<string, SqliteStatement>();
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      let statement = prepared.get(sql);
      if (statement) return statement;
      statement = asKyselyWants(database.prepare(sql));
      if (prepared.size >= MAX_STATEMENTS) prepared.clear();
      prepared.set(sql, statement);
      return statement;
    },
    close() {
      prepared.clear();
      database.close();
    },
  };
}

function asKyselyWants(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (values) => statement.all(...(values as SQLInputValue[])),
    run: (values) => statement.run(...(values as SQLInputValue[])),
    iterate: (values) => statement.iterate(...(values as SQLInputValue[])),
  };
}
