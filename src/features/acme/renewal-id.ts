import { X509Certificate } from 'node:crypto';

/** An extension's OID 2.5.29.35 and the OCTET STRING that holds the authority key identifier (RFC 5280 §4.2.1.1). */
const AUTHORITY_KEY = Buffer.from('0603551d2304', 'hex');
/** Tags of DER: SEQUENCE, and the key's own as [0] of an OCTET STRING. */
const [SEQUENCE, KEY_ID] = [0x30, 0x80];
/** Lengths of one byte end here; an identifier of a key has 20 bytes. */
const LONG_FORM = 0x80;

/**
 * The name by which a CA knows a certificate when asked for its renewal: the key of its issuer and its serial number
 * (RFC 9773 §4.1). Undefined where it has no such name.
 */
export function renewalId(pem: string): string | undefined {
  const { raw, serialNumber } = new X509Certificate(pem);
  const at = raw.indexOf(AUTHORITY_KEY);
  if (at < 0) return undefined;
  const [, tag, , keyTag, length = LONG_FORM] = raw.subarray(at + AUTHORITY_KEY.length);
  const start = at + AUTHORITY_KEY.length + 5;
  if (tag !== SEQUENCE || keyTag !== KEY_ID || length >= LONG_FORM || start + length > raw.length) return undefined;
  const serial = Buffer.from(serialNumber, 'hex');
  // A positive INTEGER never begins with a set bit (X.690 §8.3).
  const sign = (serial[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.alloc(0);
  const parts = [raw.subarray(start, start + length), Buffer.concat([sign, serial])];
  return parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
}
