/** The name where the page came over TLS: browsers let nobody else set it (RFC 6265bis, "__Host-" prefix). */
const SECURE_NAME = '__Host-roomcast';
/** The name over plain HTTP, where browsers drop secure cookies. */
const PLAIN_NAME = 'roomcast';
/** The longest that browsers keep a cookie (RFC 6265bis §5.5), in seconds. */
export const COOKIE_LIFE: number = 400 * 86_400;

/** The value of the owner's cookie in a Cookie header. */
export function ownerCookieOf(header: string): string | undefined {
  let plain: string | undefined;
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === SECURE_NAME) return value;
    if (name === PLAIN_NAME) plain = value;
  }
  return plain;
}

/** The Set-Cookie header that makes a browser the owner's. */
export function ownerCookie(value: string, { secure }: { secure: boolean }): string {
  const name = secure ? SECURE_NAME : PLAIN_NAME;
  return `${name}=${value}; Path=/; Max-Age=${COOKIE_LIFE}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}
