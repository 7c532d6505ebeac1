import { isIPv4, isIPv6 } from 'node:net';
import { bracketHost, isLoopback, type Address } from './address.ts';

/** An address of a network interface, as `os.networkInterfaces()` lists them. */
export interface InterfaceAddress {
  readonly address: string;
  readonly internal: boolean;
}

export interface BaseUrlOptions {
  readonly publicUrl?: string | undefined;
  /** Where the server really listens: its port is not 0. */
  readonly http: Address;
  readonly interfaces: readonly InterfaceAddress[];
  readonly secure?: boolean;
}

/**
 * The address to print for people, without a slash at its end: `publicUrl` if set, else the address given, else the
 * first one that is not loopback (IPv4 before IPv6), else 127.0.0.1.
 */
export function baseUrl({ publicUrl, http, interfaces, secure = false }: BaseUrlOptions): string {
  if (publicUrl !== undefined) return new URL(publicUrl).origin;
  const scheme = secure ? 'https' : 'http';
  const port = http.port === (secure ? 443 : 80) ? '' : `:${http.port}`;
  return `${scheme}://${bracketHost(hostOf(http, interfaces))}${port}`;
}

function hostOf({ host }: Address, interfaces: readonly InterfaceAddress[]): string {
  if (host !== undefined && host !== '0.0.0.0' && host !== '::') return host;
  const outside = interfaces.filter(
    ({ address, internal }) => !internal && !isLoopback(address) && !/^fe[89ab]/i.test(address),
  );
  const ipv6 = host === '0.0.0.0' ? undefined : outside.find(({ address }) => isIPv6(address));
  return (outside.find(({ address }) => isIPv4(address)) ?? ipv6)?.address ?? '127.0.0.1';
}
