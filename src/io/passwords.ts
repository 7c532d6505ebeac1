import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Busy } from '../errors.ts';

/** OWASP Password Storage Cheat Sheet, scrypt: of its equal choices the one with the least memory, 16 MiB. */
const COST = { N: 2 ** 14, r: 8, p: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashes that are made at once: each takes a thread and its memory. */
const AT_ONCE = 2;
/** Hashes that may wait; a flood of sign-ins is told to come back. */
const MAX_WAITING = 50;

/** Longer texts are cut before they are looked at. */
export const LONGEST_PASSWORD: number = 256;

/** Makes and checks the hashes of passwords, a few at a time. */
export class Passwords {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  readonly #mostWaiting: number;
  /** What the password of somebody who does not exist is compared with, so that it takes as long. */
  #nobody: Promise<string> | undefined;

  /** `waiting`: how many may wait; more are told to come back. */
  constructor({ waiting = MAX_WAITING }: { waiting?: number } = {}) {
    this.#mostWaiting = waiting;
  }

  /** A salted hash with its parameters. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#derive(password, salt, COST);
    const { N, r, p } = COST;
    return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
  }

  /** Whether a password has a hash; never for somebody without one, and not sooner. Throws `busy` in a flood. */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const text = stored ?? (await (this.#nobody ??= this.hash(randomBytes(SALT_BYTES).toString('hex'))));
    const [, N, r, p, salt = '', hash = ''] = text.split('$');
    const expected = Buffer.from(hash, 'base64url');
    const cost = { N: Number(N), r: Number(r), p: Number(p) };
    const found = await this.#derive(password.slice(0, LONGEST_PASSWORD), Buffer.from(salt, 'base64url'), cost);
    return timingSafeEqual(found, expected) && stored !== undefined;
  }

  async #derive(password: string, salt: Uint8Array, cost: typeof COST): Promise<Buffer> {
    await this.#enter();
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const options = { ...cost, maxmem: 256 * cost.N * cost.r };
        scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
          error ? reject(error) : resolve(key),
        );
      });
    } finally {
      // Whoever waits takes over the place.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  #enter(): Promise<void> | undefined {
    if (this.#running < AT_ONCE) {
      this.#running++;
      return undefined;
    }
    if (this.#waiting.length >= this.#mostWaiting) throw new Busy('Too many people sign in at the moment.');
    return new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
