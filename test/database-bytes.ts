import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { DATABASE_FILE, type Store } from '../src/store/store.ts';

/** Everything that a database keeps, as one has it who steals it. */
export async function bytesOf({ db, dialect, folder }: Store): Promise<Buffer> {
  if (dialect.name === 'sqlite') {
    const files = [DATABASE_FILE, `${DATABASE_FILE}-wal`].map((name) => readFile(join(folder, name)));
    return Buffer.concat(await Promise.all(files));
  }
  const tables = await sql<{
    name: string;
  }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`.execute(db);
  const parts: Buffer[] = [];
  for (const { name } of tables.rows)
    for (const row of (await sql<object>`SELECT * FROM ${sql.table(name)}`.execute(db)).rows)
      for (const value of Object.values(row) as unknown[])
        parts.push(value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(`${String(value)}\n`));
  if (parts.length === 0) throw new Error('There is nothing in it.');
  return Buffer.concat(parts);
}
