import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { hashToken, makeToken } from './secret-token.ts';

/** A link that nobody opens ends after a day. */
const LIFE = 24 * 3600 * SECOND;
/** Links that may wait to be opened; older ones end when there are more. */
const MAX_LINKS = 100;

/**
 * One-time tokens of owner's links. They live in this process only: the next start makes them worthless, and there is
 * nothing at rest to steal.
 */
export class OwnerLinks {
  readonly #scheduler: Scheduler;
  readonly #ends = new Map<string, number>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  create(): string {
    for (const hash of this.#ends.keys()) {
      if (this.#ends.size < MAX_LINKS) break;
      this.#ends.delete(hash);
    }
    const token = makeToken();
    this.#ends.set(hashToken(token), this.#scheduler.now() + LIFE);
    return token;
  }

  /** True the first time, within its life. */
  use(token: string): boolean {
    const hash = hashToken(token);
    const end = this.#ends.get(hash);
    this.#ends.delete(hash);
    return end !== undefined && this.#scheduler.now() < end;
  }
}
