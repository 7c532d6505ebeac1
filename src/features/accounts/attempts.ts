import { Busy } from '../../errors.ts';
import { networkOf } from '../../io/request.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';

/** Attempts are counted over this long. */
const WINDOW = 15 * 60 * SECOND;
/** Passwords that are looked at in a window: of one network, of one network for one account, and for one account at all. */
const PER_NETWORK = 20;
const PER_PAIR = 5;
/** From everywhere: far more than a person needs, far fewer than a guesser does. */
const PER_ACCOUNT = 100;
/** What is counted at once; beyond it the oldest is forgotten. */
const MAX_COUNTS = 100_000;

/** Who tries to sign in, and as whom. */
export interface Attempt {
  address: string;
  /** What the name is compared by, whether there is such an account or not. */
  name: string;
  /** A browser in which this account was signed in before: what others try costs it nothing. */
  known: boolean;
}

/** Bounds how many passwords are tried. Nobody can lock out somebody else who comes from a browser that is known. */
export class Attempts {
  readonly #scheduler: Scheduler;
  readonly #counts = new Map<string, { ends: number; count: number }>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Counts an attempt before its password is looked at. Throws `too-many-requests`. */
  take({ address, name, known }: Attempt): void {
    const network = networkOf(address);
    const bounds: [key: string, most: number][] = known
      ? [[`known ${network} ${name}`, PER_PAIR]]
      : [
          [`pair ${network} ${name}`, PER_PAIR],
          [`network ${network}`, PER_NETWORK],
          [`account ${name}`, PER_ACCOUNT],
        ];
    const now = this.#scheduler.now();
    const waits = bounds.map(([key, most]) => {
      const entry = this.#counts.get(key);
      return entry && entry.count >= most ? entry.ends - now : 0;
    });
    const wait = Math.max(...waits);
    if (wait > 0) throw new Busy('Too many attempts to sign in.', Math.ceil(wait / SECOND), 'too-many-requests');
    for (const [key] of bounds) this.#count(key, now);
  }

  /** The password was right: what was tried before by the same one is forgiven. */
  forgive({ address, name }: Attempt): void {
    const network = networkOf(address);
    this.#counts.delete(`pair ${network} ${name}`);
    this.#counts.delete(`known ${network} ${name}`);
  }

  #count(key: string, now: number): void {
    const entry = this.#counts.get(key);
    if (entry && now < entry.ends) {
      entry.count++;
      return;
    }
    // Behind the others, so that the first are always the oldest.
    this.#counts.delete(key);
    for (const [oldest, { ends }] of this.#counts) {
      if (ends > now && this.#counts.size < MAX_COUNTS) break;
      this.#counts.delete(oldest);
    }
    this.#counts.set(key, { ends: now + WINDOW, count: 1 });
  }
}
