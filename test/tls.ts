import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';
import type { TlsIdentity } from '../src/io/tls/tls.ts';
import { temporaryFolder } from './output.ts';

const DAY_MS = 24 * 3600 * 1000;

export interface IssueOptions {
  /** Names and addresses. Default: this machine itself. */
  names?: readonly string[];
  /** Days from now, negative for the past. */
  from?: number;
  until?: number;
}

/** A pair in files. */
export interface Files {
  readonly cert: string;
  readonly key: string;
}

/** A small certificate authority, for tests that believe in it. */
export class Authority {
  /** PEM of its own certificate. */
  readonly cert: string;
  readonly #key: string;
  readonly #keyType: 'ec' | 'rsa';

  private constructor(cert: string, key: string, keyType: 'ec' | 'rsa') {
    this.cert = cert;
    this.#key = key;
    this.#keyType = keyType;
  }

  /** `keyType`: of its own key, and of those in what it issues. */
  static async create(keyType: 'ec' | 'rsa' = 'ec'): Promise<Authority> {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'An authority of tests' }], {
      keyType,
      algorithm: 'sha256',
      notBeforeDate: new Date(Date.now() - 100 * DAY_MS),
      notAfterDate: new Date(Date.now() + 100 * DAY_MS),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    return new Authority(cert, key, keyType);
  }

  /** A certificate with its key; its own comes behind, as in a file of certbot. */
  async issue({
    names = ['localhost', '127.0.0.1', '::1'],
    from = -1,
    until = 30,
  }: IssueOptions = {}): Promise<TlsIdentity> {
    const altNames = names.map((name) =>
      isIP(name) === 0 ? ({ type: 2, value: name } as const) : ({ type: 7, ip: name } as const),
    );
    const { cert, private: key } = await generate([{ name: 'commonName', value: names[0]! }], {
      keyType: this.#keyType,
      algorithm: 'sha256',
      notBeforeDate: new Date(Date.now() + from * DAY_MS),
      notAfterDate: new Date(Date.now() + until * DAY_MS),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames },
      ],
      ca: { cert: this.cert, key: this.#key },
    });
    return { cert: `${cert.trimEnd()}\n${this.cert.trimEnd()}\n`, key };
  }
}

/** Writes a pair where it is gone after the test. */
export function filesOf(identity: TlsIdentity, folder: string = temporaryFolder()): Files {
  const files = { cert: join(folder, 'fullchain.pem'), key: join(folder, 'privkey.pem') };
  writeFileSync(files.cert, identity.cert);
  writeFileSync(files.key, identity.key, { mode: 0o600 });
  return files;
}

/** SHA-256 of a certificate, as a handshake shows it. */
export function fingerprintOf({ cert }: TlsIdentity): string {
  return new X509Certificate(cert).fingerprint256;
}

/** What Chromium takes to trust a certificate: the SHA-256 of its key. */
export function keyHashOf({ cert }: TlsIdentity): string {
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
