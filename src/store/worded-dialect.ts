import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult, TransactionSettings } from 'kysely';
import { systemScheduler } from '../io/scheduler.ts';
import type { Logger } from '../log.ts';
import { faultOf, StoreFault } from './faults.ts';

/** A database whose failures are errors of the list; that it fails, and that it is well again, is logged once. */
export function worded(dialect: Dialect, log?: Logger): Dialect {
  return {
    createDriver: () => new WordedDriver(dialect.createDriver(), new Outage(log)),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** µs of a clock that never goes back. */
const { now } = systemScheduler();

/** A time in which nothing can be written. */
class Outage {
  readonly #log: Logger | undefined;
  #since: number | undefined;

  constructor(log: Logger | undefined) {
    this.#log = log;
  }

  async watch<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      const fault = faultOf(error);
      if (fault instanceof StoreFault) this.#failed(fault.cause);
      throw fault ?? error;
    }
  }

  /** Something was written for good. */
  wrote(): void {
    if (this.#since === undefined) return;
    this.#log?.info({ seconds: Math.round((now() - this.#since) / 1_000_000) }, 'the database works again');
    this.#since = undefined;
  }

  #failed(cause: unknown): void {
    if (this.#since !== undefined) return;
    this.#since = now();
    this.#log?.error(
      { err: cause },
      'the database cannot be used; live goes on, and what people say or change is refused',
    );
  }
}

class WordedDriver implements Driver {
  readonly #inner: Driver;
  readonly #outage: Outage;
  readonly #connections = new WeakMap<DatabaseConnection, WordedConnection>();

  constructor(inner: Driver, outage: Outage) {
    this.#inner = inner;
    this.#outage = outage;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<WordedConnection> {
    const inner = await this.#outage.watch(this.#inner.acquireConnection());
    let connection = this.#connections.get(inner);
    if (!connection) this.#connections.set(inner, (connection = new WordedConnection(inner, this.#outage)));
    return connection;
  }

  async beginTransaction(connection: WordedConnection, settings: TransactionSettings): Promise<void> {
    await this.#outage.watch(this.#inner.beginTransaction(connection.inner, settings));
    connection.inTransaction = true;
  }

  async commitTransaction(connection: WordedConnection): Promise<void> {
    await this.#outage.watch(this.#inner.commitTransaction(connection.inner));
    connection.inTransaction = false;
    this.#outage.wrote();
  }

  async rollbackTransaction(connection: WordedConnection): Promise<void> {
    connection.inTransaction = false;
    // A disk that is full, or a connection that is lost, has rolled back already; what went wrong first is what counts.
    await this.#inner.rollbackTransaction(connection.inner).catch(() => {});
  }

  releaseConnection(connection: WordedConnection): Promise<void> {
    return this.#inner.releaseConnection(connection.inner);
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}

class WordedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  inTransaction = false;
  readonly #outage: Outage;

  constructor(inner: DatabaseConnection, outage: Outage) {
    this.inner = inner;
    this.#outage = outage;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.#outage.watch(this.inner.executeQuery<R>(query));
    if (!this.inTransaction && result.numAffectedRows) this.#outage.wrote();
    return result;
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize);
  }
}
