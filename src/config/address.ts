import { isIP, isIPv4, isIPv6 } from 'node:net';

/** Where to listen. Without a host: on all interfaces. Port 0: any free one. */
export interface Address {
  readonly host?: string;
  readonly port: number;
}

const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** Reads `127.0.0.1:8080`, `[::1]:8080`, `host:8080`, `:8080`, `*:8080` and `8080`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const parts = /^(?:(?:\[([^\]]*)\]|([^[\]:]*)):)?(\d{1,5})$/.exec(text.trim());
  if (!parts) return undefined;
  const [, bracketed, plain, digits] = parts;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  if (!plain || plain === '*') return { port };
  if (/^[\d.]+$/.test(plain) ? !isIPv4(plain) : !HOST_NAME.test(plain)) return undefined;
  return { host: plain, port };
}

/** The reverse of `parseAddress`. */
export function formatAddress(address: Address): string {
  return `${address.host === undefined ? '' : bracketHost(address.host)}:${address.port}`;
}

/** IPv6 in brackets, as URLs want it. */
export function bracketHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** True where only programs of the same machine can connect. */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.toLowerCase();
  const mapped = name.startsWith('::ffff:') ? name.slice(7) : name;
  return name === 'localhost' || name === '::1' || (isIPv4(mapped) && mapped.startsWith('127.'));
}

/** True for addresses that the internet does not route: RFC 1918, 6598, 3927, 4193 and 4291 link-local. */
export function isPrivate(host: string): boolean {
  if (isIPv6(host)) return /^(?:f[cd]|fe[89ab])/i.test(host);
  if (!isIPv4(host)) return false;
  const [a = 0, b = 0] = host.split('.').map(Number);
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}
