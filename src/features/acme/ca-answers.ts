import { CaError } from './ca-error.ts';

/** Challenges of one domain; CAs offer three or four kinds. */
const MAX_CHALLENGES = 20;
/** Longest address that a CA hands out. */
const MAX_URL = 2048;
/** A token has at least 128 bits in base64url, and is never a way through folders (RFC 8555 §8.3). */
const TOKEN = /^[A-Za-z0-9_-]{1,256}$/;

/** Where a CA does what (RFC 8555 §7.1.1). All addresses are of its own origin. */
export interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  /** Where it says when a certificate should be renewed (RFC 9773 §4). */
  readonly renewalInfo: string | undefined;
}

/** RFC 8555 §7.1.3 */
export interface Order {
  readonly status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate: string | undefined;
  readonly error: unknown;
}

/** RFC 8555 §7.1.4 */
export interface Authorization {
  readonly status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  readonly domain: string;
  readonly challenges: readonly Challenge[];
}

/** RFC 8555 §7.1.5, §8 */
export interface Challenge {
  readonly type: string;
  readonly url: string;
  readonly token: string;
  readonly error: unknown;
}

/** When a CA wants a certificate to be renewed (RFC 9773 §4.2), in ms since 1970. */
export interface RenewalWindow {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads what one CA answers: JSON by strangers. Every address in it has to be of the CA's own origin, so that it cannot
 * make this machine call others. Throws `CaError`.
 */
export class CaAnswers {
  readonly #origin: string;

  /** `directory`: the address of the CA's directory. */
  constructor(directory: URL) {
    this.#origin = directory.origin;
  }

  directory(body: string): Directory {
    const fields = read(body);
    const meta = fields['meta'];
    if (isObject(meta) && meta['externalAccountRequired'] === true) {
      throw new CaError('this CA takes only accounts that were made at its website before; use another one');
    }
    const { renewalInfo } = fields;
    return {
      newNonce: this.url(fields['newNonce']),
      newAccount: this.url(fields['newAccount']),
      newOrder: this.url(fields['newOrder']),
      renewalInfo: renewalInfo === undefined ? undefined : this.url(renewalInfo),
    };
  }

  /** `domains`: how many were ordered. */
  order(body: string, domains: number): Order {
    const fields = read(body);
    const { certificate, error } = fields;
    const authorizations = fields['authorizations'];
    if (!Array.isArray(authorizations) || authorizations.length > domains) throw malformed('authorizations');
    return {
      status: oneOf(fields['status'], ['pending', 'ready', 'processing', 'valid', 'invalid']),
      authorizations: authorizations.map((url: unknown) => this.url(url)),
      finalize: this.url(fields['finalize']),
      certificate: certificate === undefined ? undefined : this.url(certificate),
      error,
    };
  }

  authorization(body: string): Authorization {
    const fields = read(body);
    const { identifier, challenges } = fields;
    const domain = isObject(identifier) ? identifier['value'] : undefined;
    if (typeof domain !== 'string') throw malformed('identifier');
    if (!Array.isArray(challenges) || challenges.length > MAX_CHALLENGES) throw malformed('challenges');
    return {
      status: oneOf(fields['status'], ['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
      domain: domain.toLowerCase(),
      challenges: challenges.filter(isObject).map((challenge) => this.#challenge(challenge)),
    };
  }

  renewal(body: string): RenewalWindow {
    const window = read(body)['suggestedWindow'];
    const time = (name: string): number =>
      Date.parse(isObject(window) && typeof window[name] === 'string' ? window[name] : '');
    const [start, end] = [time('start'), time('end')];
    if (!(start <= end)) throw malformed('suggestedWindow');
    return { start, end };
  }

  /** An address that the CA hands out. */
  url(value: unknown): string {
    if (typeof value !== 'string' || value.length > MAX_URL) throw malformed('an address');
    const url = URL.parse(value);
    if (!url || url.origin !== this.#origin || url.username !== '' || url.password !== '') {
      throw new CaError('the CA names an address that is not its own');
    }
    return url.href;
  }

  /** Kinds that we do not know may look different; those that we do have a token. */
  #challenge(fields: Record<string, unknown>): Challenge {
    const { type, token, error } = fields;
    if (typeof type !== 'string') throw malformed('type');
    const known = typeof token === 'string' && TOKEN.test(token) ? token : '';
    return { type, url: this.url(fields['url']), token: known, error };
  }
}

/** JSON, or undefined for what is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function read(body: string): Record<string, unknown> {
  const value = parseJson(body);
  if (!isObject(value)) throw new CaError('the CA’s answer is not JSON');
  return value;
}

function oneOf<Word extends string>(value: unknown, words: readonly Word[]): Word {
  const word = words.find((each) => each === value);
  if (word === undefined) throw malformed('status');
  return word;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(what: string): CaError {
  return new CaError(`the CA’s answer cannot be used: ${what}`);
}
