import { SECOND } from '../../media/time.ts';

/** As for one socket. µs */
const WINDOW = 10 * SECOND;

/** How much each user says, over all of their sockets. */
export class UserRate {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  #ends = 0;

  /** `most`: messages of one user in ten seconds; 0 is no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a message. False for one too many. */
  take(user: string | undefined, now: number): boolean {
    if (this.#most === 0 || user === undefined) return true;
    if (now >= this.#ends) {
      this.#ends = now + WINDOW;
      this.#counts.clear();
    }
    const count = (this.#counts.get(user) ?? 0) + 1;
    this.#counts.set(user, count);
    return count <= this.#most;
  }
}
