import type { TlsIdentity } from '../../io/tls/tls.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import type { AccountKey } from './account-key.ts';
import type { AcmeClient, Polled } from './acme-client.ts';
import type { Authorization, Order } from './ca-answers.ts';
import { CaError, problemError } from './ca-error.ts';
import { readCertificate } from './certificate.ts';
import { requestCertificate } from './certificate-request.ts';
import type { Answerable, ChallengeType } from './challenge-answers.ts';

/** An order that is not done by then is given up; a CA needs seconds. */
const ORDER_WITHIN = 600 * SECOND;
/** A CA is asked again after one second, then two, four …; it may name another time within these bounds. */
const FIRST_LOOK = SECOND;
const LAST_LOOK = 60 * SECOND;

export interface OrderOptions {
  readonly client: AcmeClient;
  readonly key: AccountKey;
  readonly domains: readonly string[];
  readonly email: string | undefined;
  /** The id of the certificate that is renewed, for CAs that want to know (RFC 9773 §5). */
  readonly replaces: string | undefined;
  /** Kinds of challenges that can be answered here, the one to try first in front. */
  readonly types: readonly ChallengeType[];
  /** Answers a challenge until the returned function is called. */
  readonly answer: (challenge: Answerable) => Promise<() => void>;
  readonly scheduler: Scheduler;
  readonly signal: AbortSignal;
}

/**
 * Asks a CA for a certificate: account, order, challenges, request, download (RFC 8555 §7.4). Throws `CaError` where it
 * refuses.
 */
export async function orderCertificate(options: OrderOptions): Promise<TlsIdentity> {
  return new CertificateOrder(options).run();
}

class CertificateOrder {
  readonly #options: OrderOptions;
  readonly #deadline: number;
  /** Takes back the answers that were given. */
  readonly #answered: (() => void)[] = [];

  constructor(options: OrderOptions) {
    this.#options = options;
    this.#deadline = options.scheduler.now() + ORDER_WITHIN;
  }

  async run(): Promise<TlsIdentity> {
    const { client, domains, email } = this.#options;
    const { key, request } = await requestCertificate(domains);
    await client.register(email);
    const { url, order } = await this.#order();
    try {
      const waiting: string[] = [];
      for (const each of order.authorizations) if (await this.#challenge(each)) waiting.push(each);
      for (const each of waiting) await this.#proven(each);
    } finally {
      for (const takeBack of this.#answered) takeBack();
    }
    const ready = order.status === 'ready' ? order : await this.#settled(url, ['ready', 'valid']);
    await client.finalize(ready.finalize, request);
    const { certificate } = await this.#settled(url, ['valid']);
    if (certificate === undefined) throw new CaError('the CA’s answer cannot be used: certificate');
    const { identity, covers } = readCertificate({ cert: await client.certificate(certificate), key });
    if (!covers(domains)) throw new CaError('the CA’s certificate does not hold for the domains that were asked for');
    return identity;
  }

  /** A CA that does not like what the order is to replace is asked without. */
  async #order(): Promise<{ url: string; order: Order }> {
    const { client, domains, replaces } = this.#options;
    if (replaces === undefined) return client.order(domains);
    try {
      return await client.order(domains, replaces);
    } catch (error) {
      if (!(error instanceof CaError) || error.type === '' || error.retryAfter !== undefined) throw error;
      return client.order(domains);
    }
  }

  /** Answers a challenge of a domain. False where the CA has its proof already. */
  async #challenge(url: string): Promise<boolean> {
    const { client, key, domains, types, answer } = this.#options;
    const { value } = await client.authorization(url);
    const { domain, challenges, status } = value;
    if (!domains.includes(domain)) throw new CaError('the CA asks about a domain that was not ordered');
    if (status === 'valid') return false;
    if (status !== 'pending') throw refused(value);
    for (const type of types) {
      const challenge = challenges.find((each) => each.type === type && each.token !== '');
      if (!challenge) continue;
      const { token } = challenge;
      this.#answered.push(await answer({ type, domain, token, authorization: key.authorize(token) }));
      await client.answerChallenge(challenge.url);
      return true;
    }
    throw new CaError(`${domain}: the CA offers no kind of proof that can be given here (${types.join(', ')})`);
  }

  async #proven(url: string): Promise<void> {
    const { client } = this.#options;
    const value = await this.#poll(
      () => client.authorization(url),
      ({ status }) => status !== 'pending',
    );
    if (value.status !== 'valid') throw refused(value);
  }

  async #settled(url: string, wanted: readonly Order['status'][]): Promise<Order> {
    const { client, domains } = this.#options;
    const order = await this.#poll(
      () => client.readOrder(url, domains.length),
      ({ status }) => status === 'invalid' || wanted.includes(status),
    );
    if (order.status === 'invalid') throw problemError(order.error);
    return order;
  }

  /** Asks until it is so. */
  async #poll<T>(ask: () => Promise<Polled<T>>, isSettled: (value: T) => boolean): Promise<T> {
    for (let pause = FIRST_LOOK; ; pause *= 2) {
      const { value, retryAfter } = await ask();
      if (isSettled(value)) return value;
      const wanted = retryAfter === undefined ? pause : retryAfter * SECOND;
      await this.#wait(Math.min(LAST_LOOK, Math.max(FIRST_LOOK, wanted)));
    }
  }

  async #wait(us: number): Promise<void> {
    const { scheduler, signal } = this.#options;
    if (scheduler.now() + us > this.#deadline) {
      throw new CaError(`the CA did not decide within ${ORDER_WITHIN / SECOND / 60} minutes`);
    }
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = scheduler.after(us, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }
}

/** Why a CA does not believe that a domain is ours. */
function refused({ domain, challenges, status }: Authorization): CaError {
  const error = challenges.find((each) => each.error !== undefined)?.error;
  const problem = error === undefined ? new CaError(`it is ${status}`) : problemError(error);
  return new CaError(`${domain}: ${problem.message}`, problem);
}
