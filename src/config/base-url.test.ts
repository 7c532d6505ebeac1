import { describe, expect, test } from 'vitest';
import { baseUrl } from './base-url.ts';

const interfaces = [
  { address: '127.0.0.1', internal: true },
  { address: 'fe80::1', internal: false },
  { address: '2001:db8::5', internal: false },
  { address: '192.168.1.20', internal: false },
];

describe('the address in the link', () => {
  test.each([
    {
      name: 'publicUrl wins',
      publicUrl: 'https://live.example.org/',
      http: { host: '127.0.0.1', port: 1 },
      url: 'https://live.example.org',
    },
    { name: 'the address given is next', http: { host: '10.1.1.1', port: 8080 }, url: 'http://10.1.1.1:8080' },
    { name: 'IPv6 stands in brackets', http: { host: '::1', port: 8080 }, url: 'http://[::1]:8080' },
    {
      name: 'else the first that is not loopback, IPv4 before IPv6',
      http: { port: 8080 },
      url: 'http://192.168.1.20:8080',
    },
    {
      name: 'a wildcard is no address, and port 80 is not said',
      http: { host: '0.0.0.0', port: 80 },
      url: 'http://192.168.1.20',
    },
  ])('$name', ({ publicUrl, http, url }) => {
    expect(baseUrl({ publicUrl, http, interfaces })).toBe(url);
  });

  test('is loopback where there is nothing else', () => {
    expect(baseUrl({ http: { port: 8080 }, interfaces: interfaces.slice(0, 2) })).toBe('http://127.0.0.1:8080');
  });

  test('is IPv6 where there is only that, unless only IPv4 is listened on', () => {
    const some = interfaces.slice(0, 3);
    expect(baseUrl({ http: { host: '::', port: 8080 }, interfaces: some })).toBe('http://[2001:db8::5]:8080');
    expect(baseUrl({ http: { host: '0.0.0.0', port: 8080 }, interfaces: some })).toBe('http://127.0.0.1:8080');
  });
});
