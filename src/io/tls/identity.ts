import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { RoomcastError } from '../../errors.ts';
import type { TlsIdentity } from './tls.ts';

/** A chain of many certificates is some ten KiB; what is larger is another kind of file. */
const MAX_FILE_BYTES = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/;
const HAS_PASSWORD = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/** The files of a certificate and its key. */
export interface IdentityFiles {
  readonly cert: string;
  readonly key: string;
}

/** Reads both and finds out whether they are a pair. Throws `bad-config` in words that name the file. */
export async function readIdentity({ cert, key }: IdentityFiles): Promise<TlsIdentity> {
  const identity = { cert: await textOf('tls.cert', cert), key: await textOf('tls.key', key) };
  const chain = certificatesOf(identity.cert).map((pem) => certificateOf(pem, cert));
  const [own] = chain;
  if (!own) throw bad('tls.cert', cert, 'holds no certificate in PEM form (“-----BEGIN CERTIFICATE-----”).');
  const secret = keyOf(identity.key, key);
  if (own.checkPrivateKey(secret)) return identity;
  throw chain.some((other) => other.checkPrivateKey(secret))
    ? bad('tls.cert', cert, 'has its certificates in the wrong order: that of this server comes first.')
    : bad('tls.key', key, `is the key of another certificate than the first in ${cert}.`);
}

/** When a certificate is good, and for whom. */
export interface CertificateFacts {
  /** Wall-clock ms. */
  readonly from: number;
  readonly until: number;
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string;
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
}

/** What the first certificate of an identity says. */
export function factsOf({ cert }: TlsIdentity): CertificateFacts {
  const own = new X509Certificate(cert);
  const names = (own.subjectAltName ?? '').split(', ').map((name) => name.replace(/^[^:]*:/, ''));
  return {
    from: own.validFromDate.getTime(),
    until: own.validToDate.getTime(),
    fingerprint: own.fingerprint256,
    names,
  };
}

function certificatesOf(text: string): string[] {
  return text.match(CERTIFICATE) ?? [];
}

function certificateOf(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw bad('tls.cert', file, 'holds a certificate that cannot be read; it may be cut short.', cause);
  }
}

function keyOf(text: string, file: string): KeyObject {
  if (HAS_PASSWORD.test(text)) {
    const remedy = '“openssl pkey -in FILE -out NEW” writes it without one.';
    throw bad('tls.key', file, `holds a key with a password, which nobody could type at a start. ${remedy}`);
  }
  if (!PRIVATE_KEY.test(text))
    throw bad('tls.key', file, 'holds no private key in PEM form (“-----BEGIN PRIVATE KEY-----”).');
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw bad('tls.key', file, 'holds a private key that cannot be read; it may be cut short.', cause);
  }
}

async function textOf(option: string, file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) throw bad(option, file, 'is far too large for one.');
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof RoomcastError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw bad(option, file, REASONS[code ?? ''] ?? `cannot be read: ${code ?? 'unknown reason'}.`, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there.',
  ENOTDIR: 'is not there.',
  EACCES: 'may not be read by the user that runs the server.',
  EPERM: 'may not be read by the user that runs the server.',
  EISDIR: 'is a folder.',
};

/** Never says what is in a file. */
function bad(option: string, file: string, words: string, cause?: unknown): RoomcastError {
  return new RoomcastError('bad-config', `${option}: ${file} ${words}`, { cause });
}
