import { describe, expect, test } from 'vitest';
import { type Address, formatAddress, isLoopback, isPrivate, parseAddress } from './address.ts';

const good: { text: string; address: Address; again?: string }[] = [
  { text: '127.0.0.1:8080', address: { host: '127.0.0.1', port: 8080 } },
  { text: '[::1]:1935', address: { host: '::1', port: 1935 } },
  { text: 'studio.local:80', address: { host: 'studio.local', port: 80 } },
  { text: ':8080', address: { port: 8080 } },
  { text: '8080', address: { port: 8080 }, again: ':8080' },
  { text: '*:0', address: { port: 0 }, again: ':0' },
  { text: '0', address: { port: 0 }, again: ':0' },
  { text: '0.0.0.0:65535', address: { host: '0.0.0.0', port: 65_535 } },
];

describe('an address to listen on', () => {
  test.each(good)('$text is read and written back', ({ text, address, again }) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(address)).toBe(again ?? text);
  });

  test.each([
    '',
    ':',
    'localhost',
    '127.0.0.1',
    '127.0.0.1:',
    ':65536',
    ':-1',
    '::1:80',
    '[::1]',
    '[127.0.0.1]:80',
    '1.2.3:80',
    '256.1.1.1:80',
    'a b:80',
    'http://x:80',
    '-x:80',
    ':1e3',
  ])('“%s” is refused', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('only addresses of the machine itself are loopback', () => {
    expect(
      ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'].filter((host) => !isLoopback(host)),
    ).toEqual([]);
    expect(
      [undefined, '0.0.0.0', '::', '128.0.0.1', '127.0.0.1.example.org', '192.168.1.1'].filter(isLoopback),
    ).toEqual([]);
  });

  test('addresses that the internet does not route are private', () => {
    expect(
      ['10.0.0.1', '172.31.0.1', '192.168.0.1', '100.64.0.1', '169.254.1.1', 'fd00::1', 'fe80::1'].filter(
        (host) => !isPrivate(host),
      ),
    ).toEqual([]);
    expect(['172.32.0.1', '100.128.0.1', '8.8.8.8', '2001:db8::1', 'live.example.org'].filter(isPrivate)).toEqual([]);
  });
});
