import { timingSafeEqual } from 'node:crypto';

/** Longest token that is looked at. */
const MAX_TOKEN = 1024;

/** Makes the code that proves who wrote a text: `Seal.mac` for one purpose. */
export type Mac = (text: string) => Uint8Array;

/**
 * A token that says something by itself: `PREFIX` `PAYLOAD` `.` `CODE`, both in base64url (RFC 4648 §5), the code over all
 * that is before it. There is one way to sign, so a token does not name any.
 */
export function signToken(prefix: string, payload: object, mac: Mac): string {
  const text = prefix + Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${text}.${Buffer.from(mac(text)).toString('base64url')}`;
}

/** What a token says; undefined for one that is not ours to the last bit. Nothing of it is read before. */
export function readToken(prefix: string, token: string, mac: Mac): Readonly<Record<string, unknown>> | undefined {
  if (token.length > MAX_TOKEN || !token.startsWith(prefix)) return undefined;
  const [text = '', code = '', ...rest] = token.split('.');
  if (rest.length > 0 || !isSame(code, Buffer.from(mac(text)).toString('base64url'))) return undefined;
  return JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString()) as Record<string, unknown>;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
