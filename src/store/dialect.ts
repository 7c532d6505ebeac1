import type { Kysely, RawBuilder } from 'kysely';

/** What the kinds of databases call differently. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** The type of a column of bytes. */
  readonly bytes: RawBuilder<unknown>;
  /** The type of a column that numbers rows in the order in which they come. */
  readonly serial: RawBuilder<unknown>;
  /** Behind the columns of a table: values are what their columns say. */
  readonly strict: RawBuilder<unknown>;
  /** Begins the transaction in which a database is brought up to date, alone. */
  readonly begin: RawBuilder<unknown>;
  /** Makes a column of a table quick to search for a piece of text. The table has a column `id`. */
  indexText(db: Kysely<object>, at: TextColumn): Promise<void>;
  /** Whether a row has a piece of text in such a column, whatever its case. */
  hasText(at: TextColumn, text: string): RawBuilder<boolean>;
}

export interface TextColumn {
  readonly table: string;
  readonly column: string;
}

/** A pattern of LIKE for what has a text in it, of which no letter means anything; `\` escapes. */
export function likeOf(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
