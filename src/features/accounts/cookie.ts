/** The name where the page came over TLS: browsers let nobody else set it (RFC 6265bis, "__Host-" prefix). */
const SECURE_NAME = '__Host-roomcast';
/** The name over plain HTTP, where browsers drop secure cookies. */
const PLAIN_NAME = 'roomcast';
/** Behind the name of the cookie that tells a browser in which somebody was signed in before. */
const KNOWN = '-known';
/** The longest that browsers keep a cookie (RFC 6265bis §5.5), in seconds. */
export const COOKIE_LIFE: number = 400 * 86_400;

/** The value of the cookie that says who somebody is, in a Cookie header. */
export function cookieOf(header: string): string | undefined {
  return valueOf(header, '');
}

/** The value of the cookie that says who was signed in here before. */
export function knownCookieOf(header: string): string | undefined {
  return valueOf(header, KNOWN);
}

/** The Set-Cookie header that makes a browser somebody's. */
export function cookie(value: string, { secure }: { secure: boolean }): string {
  return setCookie('', value, { secure, life: COOKIE_LIFE });
}

/** The one that makes it nobody's. */
export function noCookie({ secure }: { secure: boolean }): string {
  return setCookie('', '', { secure, life: 0 });
}

/** The Set-Cookie header that remembers who was signed in here. */
export function knownCookie(value: string, { secure }: { secure: boolean }): string {
  return setCookie(KNOWN, value, { secure, life: COOKIE_LIFE });
}

function setCookie(suffix: string, value: string, { secure, life }: { secure: boolean; life: number }): string {
  const name = (secure ? SECURE_NAME : PLAIN_NAME) + suffix;
  return `${name}=${value}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

function valueOf(header: string, suffix: string): string | undefined {
  let plain: string | undefined;
  for (const pair of header.split(';')) {
    // A value goes to the end, whatever is in it.
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(pair.trim()) ?? [];
    if (name === SECURE_NAME + suffix) return value;
    if (name === PLAIN_NAME + suffix) plain = value;
  }
  return plain;
}
