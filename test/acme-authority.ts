import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { onTestFinished } from 'vitest';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNED = { ...P256, hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;

/** PEM */
export interface Identity {
  cert: string;
  key: string;
}

export interface LeafOptions {
  names: readonly string[];
  publicKey: x509.PublicKey | webcrypto.CryptoKey;
  /** ms since 1970 */
  from: number;
  until: number;
}

/** A root and one authority below it, made for one test. */
export class Authority {
  /** PEM */
  readonly root: string;
  readonly intermediate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(root: x509.X509Certificate, intermediate: x509.X509Certificate, key: webcrypto.CryptoKey) {
    this.root = root.toString('pem');
    this.intermediate = intermediate;
    this.#key = key;
  }

  static async create(name = 'Test'): Promise<Authority> {
    const [above, below] = [await makeKeys(), await makeKeys()];
    const usage = new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true);
    const dates = { notBefore: new Date(Date.UTC(2020, 0)), notAfter: new Date(Date.UTC(2049, 0)) };
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [`${name} root`] }],
      ...dates,
      keys: above,
      signingAlgorithm: SIGNED,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true), usage],
    });
    const intermediate = await x509.X509CertificateGenerator.create({
      subject: [{ O: ['Roomcast tests'] }, { CN: [`${name} issuer`] }],
      issuer: root.subjectName,
      ...dates,
      publicKey: below.publicKey,
      signingKey: above.privateKey,
      signingAlgorithm: SIGNED,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        usage,
        await x509.SubjectKeyIdentifierExtension.create(below.publicKey),
      ],
    });
    return new Authority(root, intermediate, below.privateKey);
  }

  /** Makes everything in this process believe it, until the test is over. */
  trust(): void {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, this.root]);
    onTestFinished(() => setDefaultCACertificates(before));
  }

  /** A certificate with the one that issued it, in PEM. */
  async issue({ names, publicKey, from, until }: LeafOptions): Promise<string> {
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: randomBytes(16).toString('hex'),
      subject: '',
      issuer: this.intermediate.subjectName,
      notBefore: new Date(from),
      notAfter: new Date(until),
      publicKey,
      signingKey: this.#key,
      signingAlgorithm: SIGNED,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isName(value) ? 'dns' : 'ip', value }))),
        await x509.AuthorityKeyIdentifierExtension.create(this.intermediate),
      ],
    });
    return `${leaf.toString('pem')}\n${this.intermediate.toString('pem')}\n`;
  }

  /** A certificate with a key of its own, valid today. */
  async identity(names: readonly string[]): Promise<Identity> {
    const { privateKey, publicKey } = await makeKeys();
    const [from, until] = [Date.now() - DAY_MS, Date.now() + DAY_MS];
    const cert = await this.issue({ names, publicKey, from, until });
    return { cert, key: KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString() };
  }
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
}

function isName(value: string): boolean {
  return /[a-z]/i.test(value) && !value.includes(':');
}
