import { setTimeout as wait } from 'node:timers/promises';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Client, ClientConfig } from 'pg';
import { systemScheduler } from '../io/scheduler.ts';
import { busy, lost } from './faults.ts';
import { PostgresSession } from './postgres-session.ts';

/** How long a connection may take; a start that gets no answer says so after this. */
const CONNECT_MS = 5000;
/** After a connection that failed nobody waits for the next before this: those who ask meanwhile are told at once. */
const RETRY_MS = 1000;
/** How long somebody waits for their turn. */
const TURN_MS = 10_000;
/** Most who wait for it: more would only fill the memory. */
const MAX_WAITING = 10_000;
/** The type `int8` of `pg_type`: counts and numbers of rows, all of them far below 2^53. */
const INT8 = 20;

/**
 * The one connection to a database of PostgreSQL, in the shape of a pool. Statements go one after the other, as with SQLite,
 * so that what is written twice ends as what was written last. The connection holds the database's lock: no statement ever
 * runs while another process has the database. One that is lost is made again by the next who asks.
 */
export class PostgresLine implements PostgresPool {
  readonly options: object = {};
  /** Without the password. */
  readonly where: string;
  readonly #make: () => Client;
  #session: PostgresSession | undefined;
  #patient = true;
  /** The last connection's process in the database. */
  #pid: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #failed: { at: number; error: unknown } | undefined;

  private constructor(make: () => Client) {
    this.#make = make;
    this.where = PostgresSession.where(make());
  }

  /** Loads the driver. Throws what it says of the address. */
  static async to(url: string): Promise<PostgresLine> {
    const { default: pg } = await import('pg');
    const getTypeParser = ((oid: number, format: 'text') =>
      oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
    const config: ClientConfig = {
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'roomcast',
      types: { getTypeParser },
    };
    return new PostgresLine(() => new pg.Client(config));
  }

  /** Connects for the first time. Throws `store-failed` where another process has the database, and what the driver throws. */
  async begin(): Promise<void> {
    this.#session = await this.#connect();
  }

  /** Statements have taken as long as they liked until now, to bring the database up to date; from here on they have a limit. */
  hurry(): void {
    this.#patient = false;
    if (this.#session) this.#session.patient = false;
  }

  /** Waits for its turn, and for a connection where there is none. Throws `busy` and `store-failed`. */
  async connect(): Promise<PostgresPoolClient> {
    if (this.#waiting >= MAX_WAITING) throw busy();
    const { promise: over, resolve: next } = Promise.withResolvers<void>();
    const before = this.#turn;
    this.#turn = before.then(() => over);
    this.#waiting++;
    try {
      if (await isLate(before)) throw busy();
      const session = await this.#standing();
      return {
        query: <R>(sql: unknown, parameters?: readonly unknown[]) =>
          session.query<R>(sql as string, parameters) as never,
        release: (discard) => {
          // It may be in the midst of a transaction still.
          if (discard) void session.end();
          next();
        },
      };
    } catch (error) {
      next();
      throw error;
    } finally {
      this.#waiting--;
    }
  }

  async end(): Promise<void> {
    await this.#session?.end();
  }

  async #standing(): Promise<PostgresSession> {
    if (this.#session?.alive) return this.#session;
    if (this.#failed && now() - this.#failed.at < RETRY_MS * 1000) throw lost(this.#failed.error);
    try {
      return (this.#session = await this.#connect());
    } catch (error) {
      this.#failed = { at: now(), error };
      throw lost(error);
    }
  }

  async #connect(): Promise<PostgresSession> {
    const session = await PostgresSession.open(this.#make(), this.#pid);
    session.patient = this.#patient;
    this.#pid = session.pid;
    return session;
  }
}

/** µs of a clock that never goes back. */
const { now } = systemScheduler();

async function isLate(turn: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = wait(TURN_MS, true, { signal: timer.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([turn.then(() => false), late]);
  } finally {
    timer.abort();
  }
}
