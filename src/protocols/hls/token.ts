import { toHex } from '../../media/bytes/hex.ts';

/**
 * The cookie that tells one player from another at the same address: a number and a seal, by which a server knows those
 * that it gave itself. It proves nothing else.
 */
const NAME = 'roomcast-viewer';
/** Of the number. */
const BYTES = 16;
/** Digits of the number, and of the seal. */
const DIGITS = 2 * BYTES;
const TOKEN = /^[0-9a-f]{64}$/;

/** A number that nobody guesses, in hex digits. */
export function newNumber(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(BYTES)));
}

/** The token of a number. `seal`: what only this server can make of it, in as many hex digits or more. */
export function tokenWith(number: string, seal: string): string {
  return number + seal.slice(0, DIGITS);
}

/** The number that a token is of. */
export function numberOf(token: string): string {
  return token.slice(0, DIGITS);
}

/** The one in a Cookie header, whoever sealed it. */
export function tokenOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2);
    if (name === NAME && TOKEN.test(value)) return value;
  }
  return undefined;
}

/** A Set-Cookie header, for one path and as long as the browser is open. */
export function tokenCookie(token: string, { path, secure }: { path: string; secure: boolean }): string {
  return `${NAME}=${token}; Path=/${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}
