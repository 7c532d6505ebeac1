/** No authority that this machine knows speaks for a certificate, by the codes of OpenSSL. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** OpenSSL's words within its message: `error:0A00010B:SSL routines:…:wrong version number:…`. */
const SSL_REASON = /:SSL routines:[^:]*:([^:]{1,100}):/;
/** What it finds in bytes that are none of TLS. */
const NO_TLS: ReadonlySet<string> = new Set(['wrong version number', 'packet length too long', 'unexpected message']);

/**
 * Why a server's certificate is not trusted, and what can be done; undefined for what is not about that. `place`: host
 * and port.
 */
export function distrustInWords(error: unknown, place: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (UNKNOWN.has(code)) {
    const what = code.includes('SELF_SIGNED')
      ? 'is self-signed'
      : 'comes from an authority that this machine does not know';
    return (
      `The certificate of ${place} ${what}, so that it could be anybody’s. To trust it, give the PEM file of the ` +
      'certificate, or of its authority, in the environment: NODE_EXTRA_CA_CERTS=FILE.'
    );
  }
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of ${place} has expired.`;
  if (code === 'CERT_NOT_YET_VALID') return `The certificate of ${place} is not valid yet; is the clock right?`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `The certificate of ${place} is for other names.`;
  const reason = SSL_REASON.exec(error.message)?.[1];
  if (reason === undefined) return undefined;
  return NO_TLS.has(reason)
    ? `What listens at ${place} does not speak TLS.`
    : `No TLS could be agreed on with ${place}: ${reason}.`;
}
