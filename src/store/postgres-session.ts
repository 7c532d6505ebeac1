import { setTimeout as wait } from 'node:timers/promises';
import type { PostgresQueryResult } from 'kysely';
import type { Client } from 'pg';
import { RoomcastError } from '../errors.ts';
import { systemScheduler } from '../io/scheduler.ts';
import { lost } from './faults.ts';

/** The longest statement: what is longer is cut off by the database, and answered with `busy`. */
const STATEMENT_MS = 10_000;
/** Without an answer after this the database is taken for gone: its own limit should have come before. */
const ANSWER_MS = STATEMENT_MS + 5000;
/** A database that does not take leave is left. */
const END_MS = 2000;
/** A server that is stopping lets go of the lock a moment later: so many looks, so long apart. */
const [LOCK_LOOKS, LOCK_EVERY_MS] = [20, 100];
/** `roomcast` in ASCII: the number of the advisory lock, and its halves as `pg_locks` has them. */
const LOCK = '8245931958348116852';
const [LOCK_HIGH, LOCK_LOW] = [0x726f6f6d, 0x63617374];

/** How the database finds out that we are gone where the network does not say so: after about 25 s. */
const SET_UP = [
  `SET statement_timeout = ${STATEMENT_MS}`,
  'SET tcp_keepalives_idle = 10',
  'SET tcp_keepalives_interval = 5',
  'SET tcp_keepalives_count = 3',
].join('; ');

const { after } = systemScheduler();

/** One connection to PostgreSQL, which has the lock of its database for as long as it lasts. */
export class PostgresSession {
  /** False once it is of no use any more. */
  alive = true;
  /** Statements may take as long as they like: while the database is brought up to date. */
  patient = false;
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
    client.on('error', () => (this.alive = false));
    client.on('end', () => (this.alive = false));
  }

  /**
   * Connects and takes the lock. `before` is the process of a connection of ours that was lost: the database may not know
   * yet that it is gone. Throws `store-failed` where another process has the lock, and what the driver throws.
   */
  static async open(client: Client, before: number | undefined): Promise<PostgresSession> {
    const session = new PostgresSession(client);
    try {
      await client.connect();
      await session.#setUp(before);
      return session;
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  /** Where a client connects to, in words without its password. */
  static where({ user, host, port, database }: Client): string {
    return host.startsWith('/') ? `${database} at ${host}` : `postgres://${user}@${host}:${port}/${database}`;
  }

  /** Its process in the database. */
  get pid(): number | undefined {
    return (this.#client as { processID?: number | null }).processID ?? undefined;
  }

  async query<R>(sql: string, parameters: readonly unknown[] = []): Promise<PostgresQueryResult<R>> {
    const stop = this.patient ? undefined : after(ANSWER_MS * 1000, () => this.#cut());
    try {
      return (await this.#client.query(sql, [...parameters])) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      // What the database itself says has a severity; all else is of the connection, and so is what ends it.
      if (error instanceof Error && 'severity' in error && this.alive && error.severity === 'ERROR') throw error;
      this.#cut();
      throw lost(error);
    } finally {
      stop?.();
    }
  }

  /** Takes leave; the lock is free then. */
  async end(): Promise<void> {
    this.alive = false;
    const stop = after(END_MS * 1000, () => this.#cut());
    await this.#client.end().catch(() => {});
    stop();
  }

  async #setUp(before: number | undefined): Promise<void> {
    await this.query(SET_UP);
    const { rows } = await this.query<{ server_encoding: string }>('SHOW server_encoding');
    if (rows[0]?.server_encoding !== 'UTF8')
      throw new RoomcastError(
        'store-failed',
        `The database keeps text as ${rows[0]?.server_encoding}, and has to keep it as UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.`,
      );
    await this.#lock(before);
  }

  async #lock(before: number | undefined): Promise<void> {
    if (before !== undefined)
      await this.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = ${LOCK_HIGH} AND objid = ${LOCK_LOW} AND pid = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [before],
      );
    for (let look = 1; look <= LOCK_LOOKS; look++) {
      const { rows } = await this.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS taken`);
      if (rows[0]?.taken) return;
      await wait(LOCK_EVERY_MS); // unlike the scheduler's, this keeps a command alive
    }
    throw new RoomcastError(
      'store-failed',
      'Another roomcast uses this database. Stop that one, or give this one a database of its own with --database.',
    );
  }

  #cut(): void {
    this.alive = false;
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
