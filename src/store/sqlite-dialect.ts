import { type RawBuilder, sql } from 'kysely';
import { type Dialect, likeOf } from './dialect.ts';

/** Shorter pieces are not in an index of three letters each. */
const SHORTEST_INDEXED = 3;

/** SQLite, in a file of the data folder. */
export const sqlite: Dialect = {
  name: 'sqlite',
  bytes: sql`BLOB`,
  strict: sql`STRICT`,
  serial: sql`INTEGER PRIMARY KEY`,
  // Immediate: two processes that start at once do not both see an old database.
  begin: sql`BEGIN IMMEDIATE`,
  async indexText(db, { table, column }) {
    const [index, of, name] = [sql.id(`${table}_${column}`), sql.id(table), sql.id(column)];
    // Words are not told apart by spaces in every script, so pieces of three letters are.
    await sql`CREATE VIRTUAL TABLE ${index} USING fts5(${name}, content=${sql.lit(table)}, tokenize='trigram')`.execute(
      db,
    );
    const add = sql`INSERT INTO ${index} (rowid, ${name}) VALUES (new.rowid, new.${name});`;
    const remove = sql`INSERT INTO ${index} (${index}, rowid, ${name}) VALUES ('delete', old.rowid, old.${name});`;
    const trigger = (what: string): RawBuilder<unknown> => sql.id(`${table}_${column}_${what}`);
    await sql`CREATE TRIGGER ${trigger('added')} AFTER INSERT ON ${of} BEGIN ${add} END`.execute(db);
    await sql`CREATE TRIGGER ${trigger('removed')} AFTER DELETE ON ${of} BEGIN ${remove} END`.execute(db);
    await sql`CREATE TRIGGER ${trigger('changed')} AFTER UPDATE OF ${name} ON ${of} BEGIN ${remove} ${add} END`.execute(
      db,
    );
  },
  hasText({ table, column }, text) {
    if ([...text].length < SHORTEST_INDEXED)
      return sql<boolean>`${sql.ref(`${table}.${column}`)} LIKE ${likeOf(text)} ESCAPE '\\'`;
    const index = sql.id(`${table}_${column}`);
    // As one phrase, so that no letter of it means anything to the index.
    const phrase = `"${text.replaceAll('"', '""')}"`;
    return sql<boolean>`${sql.id(table)}.rowid IN (SELECT rowid FROM ${index} WHERE ${index} MATCH ${phrase})`;
  },
};
