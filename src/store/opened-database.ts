import type { Kysely } from 'kysely';
import type { RoomcastError } from '../errors.ts';
import type { Dialect } from './dialect.ts';

/** A database that was opened and may be of an older version yet. */
export interface OpenedDatabase {
  readonly db: Kysely<object>;
  readonly dialect: Dialect;
  /** Where it is, in words without secrets. */
  readonly where: string;
  /** Told once it is up to date. */
  ready(): void;
  /** What is wrong with it, in words for who starts the server. */
  unusable(cause: unknown): RoomcastError;
}
