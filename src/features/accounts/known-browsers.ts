import { type Mac, readToken, signToken } from '../../io/signed-token.ts';

const PREFIX = 'rb_';

/**
 * Tells browsers in which an account was signed in before, so that those who try passwords elsewhere do not lock its owner
 * out ("device cookies", OWASP). It proves nothing else.
 */
export class KnownBrowsers {
  readonly #mac: Mac;

  constructor(mac: Mac) {
    this.#mac = mac;
  }

  /** The value of the cookie of a browser in which an account is signed in. */
  create(account: string): string {
    return signToken(PREFIX, { a: account }, this.#mac);
  }

  is(value: string | undefined, account: string): boolean {
    return value !== undefined && readToken(PREFIX, value, this.#mac)?.['a'] === account;
  }
}
