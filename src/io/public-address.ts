import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where addresses of the internet are given out (RFC 4291 §2.4, IANA): 2000::/3. All other IPv6 is for something else. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address, as text, is one of the internet: none of this machine or its networks, none that leads to another one
 * (mapped, translated, 6to4, Teredo), none for many, for documents or without a use (RFC 6890).
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);
}
