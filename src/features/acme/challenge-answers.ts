import type { Tls } from '../../io/tls/tls.ts';

/** What a CA may ask for as a proof that a domain is ours, and can be answered here (RFC 8555 §8.3, RFC 8737). */
export type ChallengeType = 'http-01' | 'tls-alpn-01';

/** A challenge with what answers it. */
export interface Answerable {
  readonly type: ChallengeType;
  readonly domain: string;
  readonly token: string;
  /** The token, joined with the hash of the account's key. */
  readonly authorization: string;
}

/** Most answers at once: an order has at most a hundred domains. */
const MAX_ANSWERS = 100;
/** Where a CA looks for the answer to HTTP-01 (RFC 8555 §8.3). */
export const CHALLENGE_PATH = '/.well-known/acme-challenge/';

/** The answers to challenges that are asked right now, for the listeners that CAs ask. */
export class ChallengeAnswers {
  readonly #tls: Pick<Tls, 'challenge'>;
  readonly #wall: () => number;
  readonly #tokens = new Map<string, string>();

  constructor({ tls, wall }: { tls: Pick<Tls, 'challenge'>; wall: () => number }) {
    this.#tls = tls;
    this.#wall = wall;
  }

  /** What stands at a path of HTTP-01; undefined where nothing does. */
  at(pathname: string): string | undefined {
    if (!pathname.startsWith(CHALLENGE_PATH)) return undefined;
    return this.#tokens.get(pathname.slice(CHALLENGE_PATH.length));
  }

  /** Answers until the returned function is called. */
  async add({ type, domain, token, authorization }: Answerable): Promise<() => void> {
    if (type === 'http-01') {
      if (this.#tokens.size >= MAX_ANSWERS) throw new Error('Too many challenges at once.');
      this.#tokens.set(token, authorization);
      return () => this.#tokens.delete(token);
    }
    // Only here: what makes certificates costs a start a fifth of a second.
    const { challengeIdentity } = await import('./certificate-request.ts');
    this.#tls.challenge(domain, await challengeIdentity(domain, authorization, this.#wall()));
    return () => this.#tls.challenge(domain, undefined);
  }
}
