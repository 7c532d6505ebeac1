import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { type AcmeBehaviour, AcmeServer } from '../../../test/acme-server.ts';
import { settle, VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { toRoomcastError } from '../../errors.ts';
import type { TlsIdentity } from '../../io/tls/tls.ts';
import { SECOND } from '../../media/time.ts';
import { AccountKey } from './account-key.ts';
import { AcmeClient } from './acme-client.ts';
import { CaConnection } from './ca-connection.ts';
import { CaError } from './ca-error.ts';
import { orderCertificate, type OrderOptions } from './certificate-order.ts';
import type { ChallengeAnswers } from './challenge-answers.ts';
import { startListeners } from '../../../test/acme-listeners.ts';

/** A clock that remembers the waits, in seconds. */
class Clock extends VirtualScheduler {
  readonly waits: number[] = [];

  override after(us: number, run: () => void): () => void {
    this.waits.push(us / SECOND);
    return super.after(us, run);
  }
}

/** What every request may take. s */
const REQUEST = 30;

interface Stage {
  ca: AcmeServer;
  stop: AbortController;
  scheduler: Clock;
  answers: ChallengeAnswers;
  /** Orders; virtual time goes on meanwhile. */
  order(more?: Partial<OrderOptions>): Promise<TlsIdentity>;
  /** Why an order came to nothing. */
  refusal(more?: Partial<OrderOptions>): Promise<{ type: string; retryAfter: number | undefined; message: string }>;
}

const domains = ['a.example', 'b.example'];

async function stage(behaviour: Partial<AcmeBehaviour> = {}): Promise<Stage> {
  const ca = await AcmeServer.start(behaviour);
  const scheduler = new Clock();
  const { answers, httpPort, tlsPort } = await startListeners(ca.authority, scheduler);
  ca.behaviour.httpPort ||= httpPort;
  ca.behaviour.tlsPort ||= tlsPort;
  const key = new AccountKey(AccountKey.generate());
  const stop = new AbortController();
  const { signal } = stop;

  const order: Stage['order'] = async (more = {}) => {
    const connection = new CaConnection({ scheduler, signal });
    const client = new AcmeClient({ directory: new URL(ca.directory), connection, key, scheduler });
    const state = { over: false };
    const ordered = orderCertificate({
      client,
      key,
      domains,
      email: undefined,
      replaces: undefined,
      types: ['http-01'],
      answer: (challenge) => answers.add(challenge),
      scheduler,
      signal,
      ...more,
    }).finally(() => {
      state.over = true;
      connection.close();
    });
    const end = ordered.catch(() => {});
    for (let passed = 0; !state.over;) {
      const { length, [length - 1]: last } = scheduler.waits;
      // Time passes only while nothing is asked, and each wait once.
      if (length > passed && last !== REQUEST) scheduler.advance(last! * SECOND);
      passed = length;
      await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 1))]);
    }
    return ordered;
  };

  const refusal: Stage['refusal'] = async (more) => {
    const error: unknown = await order(more).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { message } = toRoomcastError(error);
    return error instanceof CaError
      ? { type: error.type, retryAfter: error.retryAfter, message }
      : { type: String(error), retryAfter: undefined, message };
  };
  return { ca, stop, scheduler, answers, order, refusal };
}

test.each(['http-01', 'tls-alpn-01'] as const)('a certificate is had by %s', async (type) => {
  const { ca, order, answers } = await stage({ pending: 2 });
  const tokens: string[] = [];
  const { cert, key } = await order({
    types: [type],
    answer: (challenge) => {
      tokens.push(challenge.token);
      return answers.add(challenge);
    },
  });
  const certificate = new X509Certificate(cert);
  expect(certificate.subjectAltName).toBe('DNS:a.example, DNS:b.example');
  expect(certificate.serialNumber).toBe(ca.issued[0]!.serialNumber);
  expect(key).toContain('PRIVATE KEY');
  // Nothing is answered any more.
  expect(tokens.map((token) => answers.at(`/.well-known/acme-challenge/${token}`))).toEqual([undefined, undefined]);
});

test('the account has the address to write to, and is found again', async () => {
  const { ca, order } = await stage();
  await order({ email: 'ann@example.org' });
  await order({ email: 'ann@example.org' });
  expect(ca.accounts).toMatchObject([{ contact: ['mailto:ann@example.org'] }]);
});

test('each certificate has a key of its own', async () => {
  const { order } = await stage();
  expect((await order()).key).not.toBe((await order()).key);
});

test('a nonce that the CA finds too old is no failure', async () => {
  const { ca, order } = await stage({ badNonces: 4 });
  await order();
  expect(ca.issued).toHaveLength(1);
});

test('a CA that takes no nonce at all is given up', async () => {
  const { ca, refusal } = await stage({ badNonces: Infinity });
  expect((await refusal()).type).toBe('badNonce');
  expect(ca.count('POST /new-account')).toBe(5);
});

test('a limit of the CA is told with the patience that it wants', async () => {
  const { ca, refusal } = await stage({ rateLimit: 3600 });
  expect(await refusal()).toEqual({
    type: 'rateLimited',
    retryAfter: 3600,
    message: 'Too many certificates. (rateLimited)',
  });
  expect(ca.count('POST /new-order')).toBe(1);
});

test('the domain that could not be proven is named, with the CA’s reason', async () => {
  const { refusal } = await stage({ httpPort: 1 });
  expect(await refusal()).toMatchObject({
    type: 'connection',
    message: 'a.example: Nobody answers for a.example on port 80 (connection)',
  });
});

test('a CA that wants another kind of proof is told apart', async () => {
  const { ca, refusal } = await stage({ offers: ['dns-01'] });
  expect((await refusal()).message).toBe('a.example: the CA offers no kind of proof that can be given here (http-01)');
  expect(ca.calls.filter((call) => call.startsWith('POST /challenge'))).toEqual([]);
});

test('the second kind of challenge is taken where the first is not offered', async () => {
  const { ca, order } = await stage({ offers: ['http-01'] });
  await order({ types: ['tls-alpn-01', 'http-01'] });
  expect(ca.issued).toHaveLength(1);
});

test('a CA that never decides is given up after ten minutes, and is asked less and less often', async () => {
  const { ca, refusal, scheduler } = await stage({ pending: Infinity });
  const start = scheduler.now();
  expect((await refusal()).message).toBe('the CA did not decide within 10 minutes');
  expect(scheduler.now() - start).toBeLessThanOrEqual(600 * SECOND);
  expect(ca.calls.length).toBeLessThan(30);
});

test.each([
  [undefined, [1, 2, 4, 1, 2, 4]],
  ['0', [1, 1, 1, 1, 1, 1]],
  ['20', [20, 20, 20, 20, 20, 20]],
  ['9999999', [60, 60, 60, 60, 60, 60]],
])('a CA that wants %s s of patience gets it within reason', async (patience, waits) => {
  // Three looks are in vain at the domain, and three at the order.
  const { order, scheduler } = await stage({ pending: 3, patience });
  await order({ domains: ['a.example'] });
  expect(scheduler.waits.filter((wait) => wait !== REQUEST)).toEqual(waits);
});

test('a CA that does not know what is replaced is asked without', async () => {
  const { ca, order } = await stage({ renewal: { start: 0, end: 1 } });
  await order({ replaces: 'a.b' });
  await order({ replaces: 'a.b' });
  expect(ca.replaced).toEqual(['a.b']);
  expect(ca.issued).toHaveLength(2);
  expect(ca.count('POST /new-order')).toBe(3);
});

test('a CA that asks about a domain that was not ordered gets no answer', async () => {
  const { ca, refusal } = await stage({ asksAbout: 'c.example' });
  expect((await refusal()).message).toBe('the CA asks about a domain that was not ordered');
  expect(ca.calls.filter((call) => call.startsWith('POST /challenge'))).toEqual([]);
});

test('a certificate for others is not taken', async () => {
  const { refusal } = await stage({ issuesFor: ['a.example', 'c.example'] });
  expect((await refusal()).message).toBe('the CA’s certificate does not hold for the domains that were asked for');
});

test('who stops does not wait for the CA', async () => {
  const { stop, refusal } = await stage({ pending: Infinity });
  const refused = refusal();
  await settle();
  stop.abort();
  expect((await refused).type).toContain('Abort');
});
