import { type Kysely, type RawBuilder, sql } from 'kysely';

/** What the kinds of databases call differently. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** The type of a column of bytes. */
  readonly bytes: RawBuilder<unknown>;
  /** The type of a column that numbers rows in the order in which they come. */
  readonly serial: RawBuilder<unknown>;
  /** Behind the columns of a table: values are what their columns say. */
  readonly strict: RawBuilder<unknown>;
  /** Makes a column of a table quick to search for a piece of text. The table has a column `id`. */
  indexText(db: Kysely<object>, at: TextColumn): Promise<void>;
  /** Whether a row has a piece of text in such a column, whatever its case. */
  hasText(at: TextColumn, text: string): RawBuilder<boolean>;
}

export interface TextColumn {
  readonly table: string;
  readonly column: string;
}

/** Shorter pieces are not in an index of three letters each. */
const SHORTEST_INDEXED = 3;

export const sqlite: Dialect = {
  name: 'sqlite',
  bytes: sql`BLOB`,
  strict: sql`STRICT`,
  serial: sql`INTEGER PRIMARY KEY`,
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

/** A pattern for what has a text in it, of which no letter means anything. */
function likeOf(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
