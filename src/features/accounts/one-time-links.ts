import type { Scheduler } from '../../live/scheduler.ts';
import { hashToken, makeToken } from './secret-token.ts';

/** Links that may wait to be opened; older ones end when there are more. */
const MAX_LINKS = 100;

/**
 * Tokens of links that work once. They live in this process only: the next start makes them worthless, and there is
 * nothing at rest to steal.
 */
export class OneTimeLinks<For> {
  readonly #scheduler: Scheduler;
  readonly #life: number;
  readonly #waiting = new Map<string, { ends: number; is: For }>();

  /** `life`: µs after which a link that nobody opened ends. */
  constructor(scheduler: Scheduler, life: number) {
    this.#scheduler = scheduler;
    this.#life = life;
  }

  /** A token that stands for something. */
  create(is: For): string {
    for (const hash of this.#waiting.keys()) {
      if (this.#waiting.size < MAX_LINKS) break;
      this.#waiting.delete(hash);
    }
    const token = makeToken();
    this.#waiting.set(hashToken(token), { ends: this.#scheduler.now() + this.#life, is });
    return token;
  }

  /** Makes those that stand for something worthless. */
  end(matches: (is: For) => boolean): void {
    for (const [hash, { is }] of this.#waiting) if (matches(is)) this.#waiting.delete(hash);
  }

  /** What a token stands for, the first time, within its life. */
  use(token: string): For | undefined {
    const hash = hashToken(token);
    const found = this.#waiting.get(hash);
    this.#waiting.delete(hash);
    return found && this.#scheduler.now() < found.ends ? found.is : undefined;
  }
}
