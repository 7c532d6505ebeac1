import type { Scheduler } from '../../live/scheduler.ts';
import type { AccountKey } from './account-key.ts';
import {
  type Authorization,
  CaAnswers,
  type Directory,
  type Order,
  parseJson,
  type RenewalWindow,
} from './ca-answers.ts';
import type { CaAnswer, CaConnection } from './ca-connection.ts';
import { CaError, problemError, retryAfterOf } from './ca-error.ts';

/** A CA may find a nonce too old at any time (RFC 8555 §6.5); one that never takes any is broken. */
const MAX_NONCES = 5;
/** A nonce is base64url (RFC 8555 §6.5.1); those of CAs have a few dozen characters. */
const NONCE = /^[A-Za-z0-9_-]{1,512}$/;

export interface AcmeClientOptions {
  /** The address of the CA's directory. */
  directory: URL;
  connection: CaConnection;
  key: AccountKey;
  scheduler: Scheduler;
}

/** What was asked for, and in how many seconds the CA wants to be asked again. */
export interface Polled<T> {
  readonly value: T;
  readonly retryAfter: number | undefined;
}

/** The CA's side of RFC 8555 as calls, one at a time. All of them throw `CaError` for what the CA refuses. */
export class AcmeClient {
  readonly #options: AcmeClientOptions;
  readonly #answers: CaAnswers;
  #directory: Directory | undefined;
  #nonce: string | undefined;
  #account: string | undefined;

  constructor(options: AcmeClientOptions) {
    this.#options = options;
    this.#answers = new CaAnswers(options.directory);
  }

  /** Makes the account of the key, or finds it; agrees to the CA's terms (RFC 8555 §7.3). */
  async register(email: string | undefined): Promise<void> {
    const { newAccount } = await this.#where();
    const contact = email === undefined ? {} : { contact: [`mailto:${email}`] };
    this.#account = undefined;
    const { headers } = await this.#post(newAccount, { termsOfServiceAgreed: true, ...contact });
    this.#account = this.#answers.url(headers.location);
  }

  /** Orders a certificate, in place of the one with this id where the CA wants to know (RFC 9773 §5). */
  async order(domains: readonly string[], replaces?: string): Promise<{ url: string; order: Order }> {
    const { newOrder, renewalInfo } = await this.#where();
    const identifiers = domains.map((value) => ({ type: 'dns', value }));
    const instead = renewalInfo === undefined || replaces === undefined ? {} : { replaces };
    const { headers, body } = await this.#post(newOrder, { identifiers, ...instead });
    return { url: this.#answers.url(headers.location), order: this.#answers.order(body, domains.length) };
  }

  async readOrder(url: string, domains: number): Promise<Polled<Order>> {
    return this.#polled(await this.#post(url), (body) => this.#answers.order(body, domains));
  }

  async authorization(url: string): Promise<Polled<Authorization>> {
    return this.#polled(await this.#post(url), (body) => this.#answers.authorization(body));
  }

  /** The answer to a challenge can be looked for (RFC 8555 §7.5.1). */
  async answerChallenge(url: string): Promise<void> {
    await this.#post(url, {});
  }

  /** Hands in the request for the certificate: PKCS#10 in DER (RFC 8555 §7.4). */
  async finalize(url: string, request: Uint8Array): Promise<void> {
    await this.#post(url, { csr: Buffer.from(request).toString('base64url') });
  }

  /** The certificate and those that lead to its root, in PEM. */
  async certificate(url: string): Promise<string> {
    return (await this.#post(url)).body;
  }

  /** When the CA wants the certificate with this id to be renewed; undefined where it does not say such things (RFC 9773 §4). */
  async renewalWindow(id: string): Promise<RenewalWindow | undefined> {
    const { renewalInfo } = await this.#where();
    if (renewalInfo === undefined) return undefined;
    const answer = this.#passed(
      await this.#options.connection.request('GET', `${renewalInfo.replace(/\/$/, '')}/${id}`),
    );
    return this.#answers.renewal(answer.body);
  }

  async #where(): Promise<Directory> {
    if (this.#directory) return this.#directory;
    const { connection, directory } = this.#options;
    const { body } = this.#passed(await connection.request('GET', directory.href));
    return (this.#directory = this.#answers.directory(body));
  }

  /** A signed request; without a payload it only reads. */
  async #post(url: string, payload?: object): Promise<CaAnswer> {
    const { connection, key } = this.#options;
    for (let tries = 1; ; tries++) {
      const nonce = await this.#takeNonce();
      const signed = key.sign({ url, nonce, account: this.#account }, payload);
      const answer = await connection.request('POST', url, JSON.stringify(signed));
      this.#keepNonce(answer);
      try {
        return this.#passed(answer);
      } catch (error) {
        if (!(error instanceof CaError) || error.type !== 'badNonce' || tries === MAX_NONCES) throw error;
      }
    }
  }

  async #takeNonce(): Promise<string> {
    if (this.#nonce === undefined) {
      const { newNonce } = await this.#where();
      this.#keepNonce(this.#passed(await this.#options.connection.request('HEAD', newNonce)));
    }
    const nonce = this.#nonce;
    this.#nonce = undefined;
    if (nonce === undefined) throw new CaError('the CA’s answer cannot be used: nonce');
    return nonce;
  }

  #keepNonce({ headers }: CaAnswer): void {
    const nonce = headers['replay-nonce'];
    if (typeof nonce === 'string' && NONCE.test(nonce)) this.#nonce = nonce;
  }

  #passed(answer: CaAnswer): CaAnswer {
    const { status, body } = answer;
    if (status >= 200 && status < 300) return answer;
    if (status >= 300 && status < 400) throw new CaError('the CA sends us elsewhere, which we do not follow');
    throw problemError(parseJson(body), { status, retryAfter: this.#retryAfter(answer) });
  }

  #polled<T>(answer: CaAnswer, read: (body: string) => T): Polled<T> {
    return { value: read(answer.body), retryAfter: this.#retryAfter(answer) };
  }

  #retryAfter({ headers }: CaAnswer): number | undefined {
    return retryAfterOf(headers['retry-after'], this.#options.scheduler.wall());
  }
}
