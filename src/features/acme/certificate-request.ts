import { createHash, KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { TlsIdentity } from '../../io/tls/tls.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNED = { ...P256, hash: 'SHA-256' } as const;
/** Longest common name (RFC 5280, upper bounds); longer names are only where all names are. */
const MAX_COMMON_NAME = 64;
/** id-pe-acmeIdentifier (RFC 8737 §6.1) */
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31';
/** The answer to a challenge is looked at within minutes, by a CA whose clock may differ from ours. ms */
const VALID_AROUND = 7 * 24 * 3600 * 1000;

/** A new key, in PEM, and the request for a certificate over it, in DER (RFC 2986). */
export interface CertificateRequest {
  readonly key: string;
  readonly request: Uint8Array;
}

/** Asks for these domains with a key that no certificate had before. */
export async function requestCertificate(domains: readonly string[]): Promise<CertificateRequest> {
  const keys = await makeKeys();
  const [first = ''] = domains;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    ...(first.length > MAX_COMMON_NAME ? {} : { name: [{ CN: [first] }] }),
    keys,
    signingAlgorithm: SIGNED,
    extensions: [namesOf(domains)],
  });
  return { key: pemOf(keys), request: new Uint8Array(request.rawData) };
}

/** What answers a TLS-ALPN-01 challenge: a certificate that holds the hash of the key authorization (RFC 8737 §3). */
export async function challengeIdentity(domain: string, authorization: string, wall: number): Promise<TlsIdentity> {
  const keys = await makeKeys();
  const hash = createHash('sha256').update(authorization).digest();
  // An OCTET STRING of 32 bytes (X.690 §8.7).
  const value = Buffer.concat([Buffer.of(0x04, hash.length), hash]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['roomcast challenge'] }],
    notBefore: new Date(wall - VALID_AROUND),
    notAfter: new Date(wall + VALID_AROUND),
    keys,
    signingAlgorithm: SIGNED,
    extensions: [namesOf([domain]), new x509.Extension(ACME_IDENTIFIER, true, value)],
  });
  return { cert: certificate.toString('pem'), key: pemOf(keys) };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
}

function namesOf(domains: readonly string[]): x509.Extension {
  return new x509.SubjectAlternativeNameExtension(domains.map((value) => ({ type: 'dns' as const, value })));
}

function pemOf({ privateKey }: webcrypto.CryptoKeyPair): string {
  return KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
}
