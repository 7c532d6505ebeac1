import { toHex } from '../../media/bytes/hex.ts';

/** The cookie that tells one player from another at the same address. It proves nothing. */
const NAME = 'roomcast-viewer';
const BYTES = 16;
const TOKEN = /^[0-9a-f]{32}$/;

export function newToken(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(BYTES)));
}

/** The one in a Cookie header. */
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
