import { networkInterfaces } from 'node:os';
import { baseUrl, type BaseUrlOptions } from '../../config/base-url.ts';

/** The address to print for people, by the network interfaces of this machine. */
export function ownBaseUrl(options: Omit<BaseUrlOptions, 'interfaces'>): string {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return baseUrl({ ...options, interfaces });
}
