import { createHash, createPublicKey, randomBytes, verify, type webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { onTestFinished } from 'vitest';
import { Authority } from './acme-authority.ts';

const DAY_MS = 24 * 3600 * 1000;
/** The extension of a certificate that answers TLS-ALPN-01 (RFC 8737 §6.1). */
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
/** A domain that does not answer by then is not there. ms */
const VALIDATE_WITHIN_MS = 3000;

/** What differs from CA to CA, and from hour to hour. It may be changed while the CA runs. */
export interface AcmeBehaviour {
  /** Where the answers to challenges are looked for, on loopback, whatever the domain. */
  httpPort: number;
  tlsPort: number;
  /** Kinds of challenges that it offers. */
  offers: string[];
  /** A nonce is refused so often, beginning with the next one. */
  badNonces: number;
  /** Looks at a validation, and then at an order, that find it still under way. */
  pending: number;
  /** What it says about when to look again; undefined where it says nothing. */
  patience: string | undefined;
  /** An order is refused because there were too many; seconds of patience. */
  rateLimit: number | undefined;
  /** For whom its certificates are, and about whom it asks, in place of those who were ordered: it is mistaken. */
  issuesFor: string[] | undefined;
  asksAbout: string | undefined;
  /** How long its certificates hold. ms */
  life: number;
  /** When it wants certificates renewed; undefined where it does not say such things. ms since 1970 */
  renewal: { start: number; end: number } | undefined;
  /** ms since 1970 */
  now: () => number;
  /** Answers in its place; true where it did. */
  instead: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

interface Account {
  jwk: webcrypto.JsonWebKey;
  contact: unknown;
}

interface Authorization {
  domain: string;
  status: string;
  challenges: { type: string; url: string; token: string; status: string; error?: object }[];
  looks: number;
}

interface Order {
  status: string;
  domains: string[];
  authorizations: string[];
  finalize: string;
  certificate?: string;
  error?: object;
  looks: number;
  request?: x509.Pkcs10CertificateRequest;
}

class Problem extends Error {
  readonly type: string;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(type: string, detail: string, status = 400, headers: Record<string, string> = {}) {
    super(detail);
    this.type = type;
    this.status = status;
    this.headers = headers;
  }

  get body(): { type: string; detail: string; status: number } {
    return { type: `urn:ietf:params:acme:error:${this.type}`, detail: this.message, status: this.status };
  }
}

/** A CA on loopback that is as strict as RFC 8555 wants it: signatures, nonces, addresses, states, requests. */
export class AcmeServer {
  readonly authority: Authority;
  readonly behaviour: AcmeBehaviour;
  /** `POST /new-order` and so on, in order. */
  readonly calls: string[] = [];
  readonly accounts: Account[] = [];
  readonly issued: X509Certificate[] = [];
  /** What orders said that they replace. */
  readonly replaced: string[] = [];
  base = '';
  readonly #nonces = new Set<string>();
  readonly #orders: Order[] = [];
  readonly #authorizations: Authorization[] = [];
  readonly #certificates: string[] = [];

  private constructor(authority: Authority, behaviour: Partial<AcmeBehaviour>) {
    this.authority = authority;
    this.behaviour = {
      httpPort: 0,
      tlsPort: 0,
      offers: ['dns-01', 'http-01', 'tls-alpn-01'],
      badNonces: 0,
      pending: 0,
      patience: undefined,
      rateLimit: undefined,
      issuesFor: undefined,
      asksAbout: undefined,
      life: 90 * DAY_MS,
      renewal: undefined,
      now: () => Date.now(),
      instead: undefined,
      ...behaviour,
    };
  }

  /** Runs, and is believed by this process, until the test is over. */
  static async start(behaviour: Partial<AcmeBehaviour> = {}): Promise<AcmeServer> {
    const authority = await Authority.create();
    authority.trust();
    const acme = new AcmeServer(authority, behaviour);
    const server = createServer(await authority.identity(['127.0.0.1']), (request, response) => {
      void acme.#receive(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    acme.base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return acme;
  }

  get directory(): string {
    return `${this.base}/directory`;
  }

  /** How often something was asked for. */
  count(call: string): number {
    return this.calls.filter((each) => each === call).length;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    this.calls.push(
      `${request.method} ${request.url?.replace(/\/[\w.-]+$/, (last) => (/\d/.test(last) ? '/#' : last))}`,
    );
    if (this.behaviour.instead?.(request, response)) return;
    response.setHeader('Replay-Nonce', this.#nonce());
    try {
      await this.#route(request, response, Buffer.concat(chunks).toString());
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('serverInternal', String(error), 500);
      for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
      this.#send(response, problem.status, problem.body, 'application/problem+json');
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const [, what = '', id = ''] = (request.url ?? '').split('/');
    if (request.method !== 'POST') {
      this.#read(what, response);
      return;
    }
    const { account, payload } = this.#verify(request, body);
    if (what === 'new-account') this.#register(account, payload, response);
    else if (what === 'new-order') this.#order(payload, response);
    else if (what === 'authorization') this.#showAuthorization(Number(id), response);
    else if (what === 'challenge') await this.#challenge(id, account, response);
    else if (what === 'finalize') await this.#finalize(Number(id), payload, response);
    else if (what === 'order') await this.#showOrder(Number(id), response);
    else if (what === 'certificate') response.end(this.#certificates[Number(id)]);
    else throw new Problem('malformed', 'There is no such thing.', 404);
  }

  #read(what: string, response: ServerResponse): void {
    const { renewal } = this.behaviour;
    const iso = (time: number): string => new Date(time).toISOString();
    if (what === 'new-nonce') response.end();
    else if (what === 'directory') {
      const names = { newNonce: 'new-nonce', newAccount: 'new-account', newOrder: 'new-order' };
      const entries = Object.entries(renewal ? { ...names, renewalInfo: 'renewal' } : names);
      const directory = Object.fromEntries(entries.map(([name, path]) => [name, `${this.base}/${path}`]));
      this.#send(response, 200, { ...directory, meta: { termsOfService: `${this.base}/terms` } });
    } else if (what === 'renewal' && renewal) {
      this.#send(response, 200, { suggestedWindow: { start: iso(renewal.start), end: iso(renewal.end) } });
    } else throw new Problem('malformed', 'There is no such thing.', 404);
  }

  #nonce(): string {
    const nonce = randomBytes(12).toString('base64url');
    this.#nonces.add(nonce);
    return nonce;
  }

  #verify(request: IncomingMessage, body: string): { account: Account; payload: Record<string, unknown> } {
    if (request.headers['content-type'] !== 'application/jose+json') throw new Problem('malformed', 'Not a JWS.', 415);
    const jws = JSON.parse(body) as { protected: string; payload: string; signature: string };
    const head = JSON.parse(decoded(jws.protected)) as Record<string, string> & { jwk?: webcrypto.JsonWebKey };
    if (head.url !== this.base + request.url) throw new Problem('unauthorized', 'Signed for another address.');
    const isNew = request.url === '/new-account';
    const known = this.accounts[Number(head.kid?.split('/').at(-1))];
    const account = isNew ? { jwk: head.jwk ?? {}, contact: undefined } : known;
    if (!account || isNew === (head.jwk === undefined)) throw new Problem('accountDoesNotExist', 'Who are you?');
    const signed = Buffer.from(`${jws.protected}.${jws.payload}`);
    const key = createPublicKey({ key: account.jwk, format: 'jwk' });
    const signature = Buffer.from(jws.signature, 'base64url');
    if (head.alg !== 'ES256' || !verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) {
      throw new Problem('badSignatureAlgorithm', 'The signature is wrong.');
    }
    const isFresh = this.#nonces.delete(head.nonce ?? '');
    if (!isFresh || this.behaviour.badNonces-- > 0) throw new Problem('badNonce', 'The nonce is not one of mine.');
    return {
      account,
      payload: jws.payload === '' ? {} : (JSON.parse(decoded(jws.payload)) as Record<string, unknown>),
    };
  }

  #register({ jwk }: Account, payload: Record<string, unknown>, response: ServerResponse): void {
    if (payload.termsOfServiceAgreed !== true) throw new Problem('userActionRequired', 'Agree to the terms.', 403);
    const known = this.accounts.findIndex((each) => each.jwk.x === jwk.x);
    const index = known < 0 ? this.accounts.push({ jwk, contact: payload.contact }) - 1 : known;
    response.setHeader('Location', `${this.base}/account/${index}`);
    this.#send(response, known < 0 ? 201 : 200, { status: 'valid' });
  }

  #order({ identifiers, replaces }: Record<string, unknown>, response: ServerResponse): void {
    const { rateLimit, offers } = this.behaviour;
    if (rateLimit !== undefined) {
      throw new Problem('rateLimited', 'Too many certificates.', 429, { 'Retry-After': String(rateLimit) });
    }
    if (typeof replaces === 'string') {
      if (this.replaced.includes(replaces)) throw new Problem('alreadyReplaced', 'That was replaced before.', 409);
      this.replaced.push(replaces);
    }
    const id = this.#orders.length;
    const domains = (identifiers as { value: string }[]).map(({ value }) => value);
    const authorizations = domains.map((domain) => {
      const index = this.#authorizations.length;
      const challenges = offers.map((type, place) => ({
        type,
        url: `${this.base}/challenge/${index}-${place}`,
        token: randomBytes(24).toString('base64url'),
        status: 'pending',
      }));
      this.#authorizations.push({ domain, status: 'pending', challenges, looks: 0 });
      return `${this.base}/authorization/${index}`;
    });
    const order = { status: 'pending', domains, authorizations, finalize: `${this.base}/finalize/${id}`, looks: 0 };
    this.#orders.push(order);
    response.setHeader('Location', `${this.base}/order/${id}`);
    this.#send(response, 201, order);
  }

  #showAuthorization(id: number, response: ServerResponse): void {
    const authorization = this.#authorizations[id]!;
    const { domain, status, challenges } = authorization;
    const { asksAbout } = this.behaviour;
    const shown = authorization.looks-- > 0 && status === 'valid' ? 'pending' : status;
    this.#patience(response);
    this.#send(response, 200, { identifier: { type: 'dns', value: asksAbout ?? domain }, status: shown, challenges });
  }

  async #challenge(id: string, { jwk }: Account, response: ServerResponse): Promise<void> {
    const [index, place] = id.split('-').map(Number);
    const authorization = this.#authorizations[index!]!;
    const challenge = authorization.challenges[place!]!;
    const thumbprint = createHash('sha256').update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }));
    const expected = `${challenge.token}.${thumbprint.digest('base64url')}`;
    const { httpPort, tlsPort, pending } = this.behaviour;
    const error =
      challenge.type === 'http-01'
        ? await askByHttp(httpPort, authorization.domain, expected)
        : await askByTls(tlsPort, authorization.domain, expected);
    authorization.status = challenge.status = error ? 'invalid' : 'valid';
    authorization.looks = pending;
    if (error) challenge.error = error.body;
    for (const order of this.#orders) {
      const states = order.authorizations.map((url) => this.#authorizations[Number(url.split('/').at(-1))]!.status);
      if (order.status === 'pending' && states.includes('invalid')) order.status = 'invalid';
      if (order.status === 'pending' && states.every((state) => state === 'valid')) order.status = 'ready';
    }
    this.#send(response, 200, { ...challenge, status: 'processing' });
  }

  async #finalize(id: number, { csr }: Record<string, unknown>, response: ServerResponse): Promise<void> {
    const order = this.#orders[id]!;
    if (order.status !== 'ready') throw new Problem('orderNotReady', `The order is ${order.status}.`, 403);
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(csr as string, 'base64url'));
    const extension = request.getExtension(SUBJECT_ALTERNATIVE_NAME);
    const names = extension ? namesOf(extension) : [];
    if (!(await request.verify()) || names.toSorted().join() !== order.domains.toSorted().join()) {
      throw new Problem('badCSR', 'The request is not for what was ordered.');
    }
    order.status = 'processing';
    order.looks = this.behaviour.pending;
    order.request = request;
    this.#send(response, 200, order);
  }

  async #showOrder(id: number, response: ServerResponse): Promise<void> {
    const order = this.#orders[id]!;
    const { now, life, issuesFor } = this.behaviour;
    if (order.status === 'processing' && order.looks-- <= 0) {
      const from = now();
      const { publicKey } = order.request!;
      const chain = await this.authority.issue({
        names: issuesFor ?? order.domains,
        publicKey,
        from,
        until: from + life,
      });
      this.issued.push(new X509Certificate(chain));
      order.certificate = `${this.base}/certificate/${this.#certificates.push(chain) - 1}`;
      order.status = 'valid';
    }
    this.#patience(response);
    this.#send(response, 200, order);
  }

  #patience(response: ServerResponse): void {
    const { patience } = this.behaviour;
    if (patience !== undefined) response.setHeader('Retry-After', patience);
  }

  #send(response: ServerResponse, status: number, body: object, type = 'application/json'): void {
    response.writeHead(status, { 'Content-Type': type });
    response.end(JSON.stringify({ ...body, request: undefined, looks: undefined }));
  }
}

/** RFC 8555 §8.3 */
async function askByHttp(port: number, domain: string, expected: string): Promise<Problem | undefined> {
  const path = `/.well-known/acme-challenge/${expected.split('.')[0]}`;
  const options = { host: '127.0.0.1', port, path, headers: { Host: domain }, timeout: VALIDATE_WITHIN_MS };
  return new Promise((resolve) => {
    const request = get(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        const isRight = response.statusCode === 200 && body.trimEnd() === expected;
        resolve(isRight ? undefined : new Problem('unauthorized', `Invalid response: ${response.statusCode}`, 403));
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(new Problem('connection', `Nobody answers for ${domain} on port 80`, 400)));
  });
}

/** RFC 8737 §3 */
async function askByTls(port: number, domain: string, expected: string): Promise<Problem | undefined> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: domain,
    ALPNProtocols: ['acme-tls/1'],
    rejectUnauthorized: false,
    timeout: VALIDATE_WITHIN_MS,
  });
  socket.on('timeout', () => socket.destroy());
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.once('close', () => resolve(new Problem('connection', `Nobody answers for ${domain} on port 443`)));
    socket.once('secureConnect', () => {
      const certificate = new x509.X509Certificate(socket.getPeerCertificate().raw);
      const names = certificate.getExtension(SUBJECT_ALTERNATIVE_NAME);
      const extension = certificate.getExtension(ACME_IDENTIFIER);
      const hash = createHash('sha256').update(expected).digest();
      const isRight =
        socket.alpnProtocol === 'acme-tls/1' &&
        names !== null &&
        namesOf(names).join() === domain &&
        extension?.critical === true &&
        Buffer.from(extension.value).equals(Buffer.concat([Buffer.of(4, 32), hash]));
      resolve(isRight ? undefined : new Problem('unauthorized', 'The certificate does not answer the challenge.', 403));
      socket.destroy();
    });
  });
}

function namesOf({ rawData }: x509.Extension): string[] {
  return new x509.SubjectAlternativeNameExtension(rawData).names.toJSON().map(({ value }) => value);
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64url').toString();
}
