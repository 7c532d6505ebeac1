/** Times in ms. */
export interface BackoffOptions {
  first: number;
  most: number;
  /** 0 to 1; the real one is `Math.random`. */
  random: () => number;
}

/**
 * Waiting times between attempts: they double up to a limit, and each is spread over its upper half, so that a thousand
 * viewers of a server that restarts do not all come back in the same moment.
 */
export class Backoff {
  attempts = 0;
  readonly #options: BackoffOptions;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** The time to wait before the next attempt. */
  next(): number {
    const { first, most, random } = this.#options;
    const full = Math.min(most, first * 2 ** this.attempts);
    this.attempts++;
    return full * (0.5 + 0.5 * random());
  }

  /** After a success. */
  reset(): void {
    this.attempts = 0;
  }
}
