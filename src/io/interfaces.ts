import { networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';

/** The host for links: the one listened on if it is a definite one, else the first that others can reach. */
export function publicHost(host: string | undefined): string {
  if (host !== undefined && host !== '0.0.0.0' && host !== '::') return isIPv6(host) ? `[${host}]` : host;
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find((address) => !address.internal && address.family === 'IPv4');
    if (found) return found.address;
  }
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find((address) => !address.internal && !address.address.startsWith('fe80'));
    if (found) return `[${found.address}]`;
  }
  return '127.0.0.1';
}
