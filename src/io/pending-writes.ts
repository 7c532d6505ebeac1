import type { Logger } from '../log.ts';

/** Writes that nobody waits for until the end. One that fails is in the log. */
export class PendingWrites {
  readonly #log: Logger;
  readonly #writes = new Set<Promise<void>>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `what`: the words of the log where it fails. */
  add(writing: Promise<unknown>, what: string): void {
    const done: Promise<void> = writing.then(
      () => {},
      (error: unknown) => this.#log.error({ err: error }, what),
    );
    this.#writes.add(done);
    void done.finally(() => this.#writes.delete(done));
  }

  /** Resolves when all are over. */
  async drain(): Promise<void> {
    await Promise.all(this.#writes);
  }
}
