import { Busy, RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';

/** Writes that may wait: what a slow disk cannot take is refused, and does not fill the memory. */
const MAX_WAITING = 10_000;

interface Job<Transaction> {
  run(transaction: Transaction): Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Gathers writes that come in the same moment into one transaction: each costs a fraction of its own. They are done in the
 * order in which they came. Where a transaction fails for one of its writes, each is tried alone, so that one that cannot be
 * done costs the others nothing; where the database cannot be used, all are told so at once.
 */
export class WriteQueue<Transaction> {
  readonly #scheduler: Pick<Scheduler, 'after'>;
  readonly #transact: (run: (transaction: Transaction) => Promise<void>) => Promise<void>;
  #waiting: Job<Transaction>[] = [];
  #running: Promise<void> | undefined;
  /** Writes without waiting for the rest of this moment. */
  #begin = (): void => {};

  constructor(
    scheduler: Pick<Scheduler, 'after'>,
    transact: (run: (transaction: Transaction) => Promise<void>) => Promise<void>,
  ) {
    this.#scheduler = scheduler;
    this.#transact = transact;
  }

  /** Resolves once it is durable. Throws `busy` when too much waits, and what the write itself throws. */
  add(run: (transaction: Transaction) => Promise<void>): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(new Busy('The chat cannot be written fast enough.'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run, resolve, reject });
      this.#running ??= this.#work();
    });
  }

  /** Writes at once what waits. Resolves when nothing does. */
  async drain(): Promise<void> {
    while (this.#running) {
      this.#begin();
      await this.#running;
    }
  }

  async #work(): Promise<void> {
    // What is said in this turn of the loop comes along.
    await new Promise<void>((resolve) => {
      this.#begin = resolve;
      this.#scheduler.after(0, resolve);
    });
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting;
      this.#waiting = [];
      await this.#write(jobs);
    }
    this.#running = undefined;
  }

  async #write(jobs: readonly Job<Transaction>[]): Promise<void> {
    try {
      await this.#transact(async (transaction) => {
        for (const { run } of jobs) await run(transaction);
      });
    } catch (error) {
      if (jobs.length === 1 || isOfDatabase(error)) for (const { reject } of jobs) reject(error);
      else for (const job of jobs) await this.#write([job]);
      return;
    }
    for (const { resolve } of jobs) resolve();
  }
}

/** Each write alone would wait as long for the same answer. */
function isOfDatabase(error: unknown): boolean {
  return error instanceof RoomcastError && (error.code === 'store-failed' || error.code === 'busy');
}
