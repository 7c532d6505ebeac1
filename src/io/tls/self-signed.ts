import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Logger } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import { factsOf } from './identity.ts';
import type { Tls, TlsIdentity } from './tls.ts';

/** Certificate and key, within the data folder. */
export const SELF_SIGNED_FILE = 'self-signed.pem';
const DAY = 24 * 3600 * SECOND;
const DAY_MS = 24 * 3600 * 1000;
/** Browsers take none that are good for longer (CA/Browser Forum, Baseline Requirements §6.3.2). */
const LIFE_DAYS = 397;
/** A new one is made when less is left. */
const RENEW_DAYS = 30;
/** A clock that is behind ours shall take it, too. */
const EARLIER_DAYS = 1;
/** Names and addresses of one machine; a host of many containers has an interface for each. */
const MAX_NAMES = 64;
/** Longest common name (X.520, ub-common-name). */
const MAX_COMMON_NAME = 64;

export interface SelfSignedOptions {
  /** The data folder. */
  folder: string;
  /** Names besides those of this machine: the host of `publicUrl`. */
  names: readonly string[];
  log: Logger;
  scheduler: Scheduler;
}

/** A certificate that this server signs itself. It stays the same over restarts, so that who trusts it once goes on. */
export class SelfSigned {
  readonly #options: SelfSignedOptions;
  #cancel: (() => void) | undefined;

  constructor(options: SelfSignedOptions) {
    this.#options = options;
  }

  /** That of the data folder, or a new one where there is none, its end is near, or it lacks a name. */
  async open(): Promise<TlsIdentity> {
    const known = await this.#read();
    if (known && this.#isGood(known)) return known;
    return this.#make();
  }

  /** Says what people meet, and renews it in time. */
  follow(tls: Tls): void {
    const { log, scheduler } = this.#options;
    const { fingerprint, until } = factsOf(tls.identity);
    log.info(
      { fingerprint, until: isoTime(until) },
      'the certificate is self-signed: browsers warn of it until somebody compares its SHA-256 fingerprint and goes on, and players refuse it',
    );
    const renew = async (): Promise<void> => {
      if (this.#isGood(tls.identity)) return;
      tls.use(await this.#make());
      log.info({ fingerprint: factsOf(tls.identity).fingerprint }, 'a new self-signed certificate is in use');
    };
    const failed = (error: unknown): void => log.error({ err: error }, 'the self-signed certificate cannot be renewed');
    this.#cancel = scheduler.every(DAY, () => void renew().catch(failed));
  }

  close(): void {
    this.#cancel?.();
  }

  async #read(): Promise<TlsIdentity | undefined> {
    try {
      const text = await readFile(this.#file, 'utf8');
      const at = text.indexOf('-----BEGIN CERTIFICATE-----');
      return at < 0 ? undefined : { key: text.slice(0, at), cert: text.slice(at) };
    } catch {
      return undefined;
    }
  }

  #isGood(identity: TlsIdentity): boolean {
    try {
      const { until, names } = factsOf(identity);
      const left = until - this.#options.scheduler.wall();
      const known = new Set(names.map((name) => name.toLowerCase()));
      // Addresses of IPv6 come and go with the day.
      const needed = this.#names().filter((name) => isIP(name) !== 6);
      return left > RENEW_DAYS * DAY_MS && needed.every((name) => known.has(name.toLowerCase()));
    } catch {
      return false;
    }
  }

  async #make(): Promise<TlsIdentity> {
    const identity = await selfSigned({ names: this.#names(), now: this.#options.scheduler.wall() });
    const draft = `${this.#file}.${process.pid}`;
    await rm(draft, { force: true });
    await writeFile(draft, `${identity.key.trimEnd()}\n${identity.cert.trimEnd()}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, this.#file);
    return identity;
  }

  #names(): string[] {
    return [...new Set([...this.#options.names, ...ownNames()])].slice(0, MAX_NAMES);
  }

  get #file(): string {
    return join(this.#options.folder, SELF_SIGNED_FILE);
  }
}

/** Makes a certificate for names and addresses, and its key, of P-256. `now`: wall-clock ms. */
export async function selfSigned({ names, now }: { names: readonly string[]; now: number }): Promise<TlsIdentity> {
  // Loaded by whom it is needed: it brings a whole library of ASN.1.
  const { generate } = await import('selfsigned');
  const name = names.find((each) => isIP(each) === 0 && each.length <= MAX_COMMON_NAME) ?? 'roomcast';
  const altNames = names.map((each) =>
    isIP(each) === 0 ? ({ type: 2, value: each } as const) : ({ type: 7, ip: each } as const),
  );
  const made = await generate(
    [
      { name: 'commonName', value: name },
      // Two of the same name are two issuers, or browsers mix them up.
      { name: 'organizationName', value: `roomcast ${randomBytes(4).toString('hex')}` },
    ],
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      notBeforeDate: new Date(now - EARLIER_DAYS * DAY_MS),
      notAfterDate: new Date(now + (LIFE_DAYS - EARLIER_DAYS) * DAY_MS),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames },
      ],
    },
  );
  return { cert: made.cert, key: made.private };
}

/** What this machine is called, and its addresses. Those of IPv6 links change and are reached by nobody from afar. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .map(({ address }) => address)
    .filter((address) => !/^fe[89ab]/i.test(address));
  const name = hostname().toLowerCase();
  const isName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name);
  return [...(isName ? [name] : []), 'localhost', '127.0.0.1', '::1', ...addresses];
}
