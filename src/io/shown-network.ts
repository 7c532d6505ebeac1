import { isIPv6 } from 'node:net';

/** Digits of an address that those see who are not to know whose it is: what one provider or house has. */
const BYTES_V4 = 3;
const GROUPS_V6 = 3;

/** The network of an address, `192.0.2.0/24` or `2001:db8:1::/48`; what is no address stays hidden. */
export function shownNetwork(address: string): string {
  if (isIPv6(address)) {
    const [head = '', tail] = address.split('%')[0]!.split('::');
    const groups = head === '' ? [] : head.split(':');
    const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
    const whole = [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...(tail?.split(':') ?? [])];
    const kept = whole.slice(0, GROUPS_V6).map((group) => group.replace(/^0+(?=.)/, ''));
    return `${kept.join(':')}::/${GROUPS_V6 * 16}`;
  }
  const bytes = address.split('.');
  if (bytes.length !== 4) return '';
  return `${bytes.slice(0, BYTES_V4).join('.')}.0/${BYTES_V4 * 8}`;
}
