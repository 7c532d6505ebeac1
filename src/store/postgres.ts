import { Kysely, PostgresDialect } from 'kysely';
import { RoomcastError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { StoreFault } from './faults.ts';
import { postgres } from './postgres-dialect.ts';
import { PostgresLine } from './postgres-line.ts';
import type { OpenedDatabase } from './opened-database.ts';
import { worded } from './worded-dialect.ts';

/** Opens a database of PostgreSQL by its address. Throws `store-failed`, in words without the password. */
export async function openPostgres(address: string, log?: Logger): Promise<OpenedDatabase> {
  const pool = await PostgresLine.to(address).catch((error: unknown) => {
    throw unusable('that “database” names', error);
  });
  const { where } = pool;
  await pool.begin().catch((error: unknown) => {
    throw unusable(where, error);
  });
  const db = new Kysely<object>({ dialect: worded(new PostgresDialect({ pool }), log) });
  return { db, dialect: postgres, where, ready: () => pool.hurry(), unusable: (cause) => unusable(where, cause) };
}

function unusable(where: string, error: unknown): RoomcastError {
  const cause = error instanceof StoreFault ? error.cause : error;
  if (cause instanceof RoomcastError) return cause;
  const { message = '', code = '' } = cause as { message?: string; code?: string };
  return new RoomcastError(
    'store-failed',
    `The database ${where} cannot be used: ${message || code}. Is the address right, does PostgreSQL run there, and may this user log in and make tables?`,
    { cause },
  );
}
