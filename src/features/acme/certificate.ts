import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../../io/tls/tls.ts';
import { CaError, plainText } from './ca-error.ts';

/** Certificates from ours to the root; CAs send two to four. */
const MAX_CHAIN = 10;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** A certificate with its key, and what has to be known of it. Times are ms since 1970. */
export interface Certificate {
  readonly identity: TlsIdentity;
  /** Who issued it, for people. */
  readonly issuer: string;
  readonly from: number;
  readonly until: number;
  /** When it should be renewed: as Let's Encrypt advises, when a third of its life is left. */
  readonly renewal: number;
  /** True where it holds for all of these. */
  covers(domains: readonly string[]): boolean;
}

/** Reads what a CA, or the data folder, says is the certificate of a key. Throws `CaError`. */
export function readCertificate(identity: TlsIdentity): Certificate {
  const chain = identity.cert.match(PEM_CERTIFICATE) ?? [];
  if (chain.length === 0 || chain.length > MAX_CHAIN) throw unusable();
  const leaf = parse(identity, chain);
  const [from, until] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  if (!(from < until)) throw unusable();
  return {
    // Only what was read goes on: not what stood between.
    identity: { cert: `${chain.join('\n')}\n`, key: identity.key },
    issuer: plainText(commonName(leaf.issuer)),
    from,
    until,
    renewal: until - (until - from) / 3,
    covers: (domains) => domains.every((domain) => leaf.checkHost(domain, { subject: 'never' }) !== undefined),
  };
}

function parse(identity: TlsIdentity, chain: readonly string[]): X509Certificate {
  try {
    const [leaf] = chain.map((pem) => new X509Certificate(pem));
    if (leaf?.checkPrivateKey(createPrivateKey(identity.key))) return leaf;
  } catch {
    // What OpenSSL says of it helps nobody.
  }
  throw unusable();
}

/** The name in "C=US\nO=Let's Encrypt\nCN=E7". */
function commonName(name: string): string {
  const parts = new Map(
    name.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const [maker, own] = [parts.get('O'), parts.get('CN')];
  return [maker, own].filter((part) => part !== undefined).join(' ') || 'an unnamed CA';
}

function unusable(): CaError {
  return new CaError('the certificate cannot be used: it is damaged, or belongs to another key');
}
