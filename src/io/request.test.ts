import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  bearerOf,
  hostOf,
  isExempt,
  isLocal,
  isOwnOrigin,
  isSameSite,
  isSecure,
  isTrustworthy,
  networkOf,
  originForm,
  pathnameOf,
  proxiesOf,
  queryOf,
  remoteOf,
} from './request.ts';

interface Parts {
  url?: string;
  headers?: Record<string, string>;
  address?: string;
  encrypted?: boolean;
}

function request({ url = '/', headers = {}, address = '203.0.113.9', encrypted }: Parts): IncomingMessage {
  const socket = { remoteAddress: address, remotePort: 5000, ...(encrypted ? { encrypted } : {}) };
  return { url, headers, socket } as unknown as IncomingMessage;
}

const noProxies = proxiesOf([]);
const proxies = proxiesOf(['10.0.0.0/8', '2001:db8::1']);

describe('the path of a request', () => {
  test.each([
    ['/live/lobby.flv', '/live/lobby.flv'],
    ['/live/lobby.flv?a=b#c', '/live/lobby.flv'],
    ['/%6Cive/lobby.flv', '/live/lobby.flv'],
    ['/live%2Flobby.flv', '/live%2Flobby.flv'],
    ['/live/..%2fsecret.flv', '/live/..%2fsecret.flv'],
    ['/live/%2e%2e.flv', '/live/...flv'],
    ['/live/%252e.flv', '/live/%2e.flv'],
    ['/live/%00.flv', '/live/\0.flv'],
    ['/live/%ff.flv', '/live/%ff.flv'],
    ['/live/%zz.flv', '/live/%zz.flv'],
    ['/live/%', '/live/%'],
    ['http://host/live/a', '/live/a'],
    ['HTTPS://host:1/live/a?b', '/live/a'],
    ['http://host', '/'],
    ['*', undefined],
    ['host:443', undefined],
    ['', undefined],
  ])('of %s is %s', (url, path) => {
    expect(pathnameOf(request({ url }))).toBe(path);
  });

  test('an address in absolute form is that of its path', () => {
    expect(originForm('http://evil/api?x=http://y/z')).toBe('/api?x=http://y/z');
    expect(originForm('/http://x/')).toBe('/http://x/');
  });
});

test('the query is read by name, the first of many', () => {
  expect(queryOf(request({ url: '/a?key=1&key=2&k%65y2=%203' }), 'key')).toBe('1');
  expect(queryOf(request({ url: '/a?key=1&k%65y2=%203' }), 'key2')).toBe(' 3');
  expect(queryOf(request({ url: '/a' }), 'key')).toBeUndefined();
  expect(queryOf(request({ url: '/a?b' }), '__proto__')).toBeUndefined();
});

describe('where a request comes from', () => {
  const forwarded = { 'x-forwarded-for': '198.51.100.7, 10.1.1.1' };

  test('is the socket’s address, whatever headers say', () => {
    expect(remoteOf(request({ headers: forwarded }), proxies)).toEqual({ address: '203.0.113.9', port: 5000 });
    expect(remoteOf(request({ headers: forwarded, address: '127.0.0.1' }), noProxies).address).toBe('127.0.0.1');
  });

  test('is what configured proxies say, as far back as they go', () => {
    expect(remoteOf(request({ headers: forwarded, address: '::ffff:10.2.2.2' }), proxies)).toEqual({
      address: '198.51.100.7',
    });
    const faked = { 'x-forwarded-for': '1.1.1.1, 198.51.100.7' };
    expect(remoteOf(request({ headers: faked, address: '10.2.2.2' }), proxies).address).toBe('198.51.100.7');
  });

  test.each(['', 'unknown', '_hidden', ':80', '[::1', '<script>', ','])(
    'stays the proxy where that says “%s”',
    (text) => {
      const from = request({ headers: { 'x-forwarded-for': text }, address: '10.2.2.2' });
      expect(remoteOf(from, proxies).address).toBe('10.2.2.2');
    },
  );

  test.each([
    ['198.51.100.7:5678', '198.51.100.7'],
    ['[2001:db8::7]:5678', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
  ])('is an address, though a proxy tells it as %s', (text, address) => {
    const from = request({ headers: { 'x-forwarded-for': `1.1.1.1:1, ${text}` }, address: '10.2.2.2' });
    expect(remoteOf(from, proxies)).toEqual({ address });
  });

  test('keeps no more than a line of what the agent calls itself', () => {
    expect(remoteOf(request({ headers: { 'user-agent': 'x'.repeat(5000) } }), proxies).agent).toHaveLength(200);
  });

  test('limits count IPv6 by its network and leave this machine and proxies out', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2::1'));
    expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'));
    expect([networkOf('::1'), networkOf('fe80::1%eth0'), networkOf('192.0.2.1')]).toEqual([
      '0:0:0:0',
      'fe80:0:0:0',
      '192.0.2.1',
    ]);
    const exempt = ['127.0.0.1', '127.8.8.8', '::1', '10.1.2.3', '2001:db8::1', '192.0.2.1', '1127.0.0.1', '', 'x'];
    expect(exempt.map((address) => isExempt(address, proxies))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('a request from this machine itself', () => {
  test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('comes from %s', (address) => {
    expect(isLocal(request({ address, headers: { host: 'a', 'user-agent': 'Prometheus/3' } }))).toBe(true);
  });

  test.each(['192.0.2.1', '10.1.2.3', '::ffff:192.0.2.1', '2001:db8::1', '1127.0.0.1', ''])(
    'does not come from %s, whatever its headers say',
    (address) => {
      const headers = { 'x-forwarded-for': '127.0.0.1', host: 'localhost' };
      expect([isLocal(request({ address })), isLocal(request({ address, headers }))]).toEqual([false, false]);
    },
  );

  test.each([
    'forwarded',
    'via',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-server',
    'x-real-ip',
    'x-client-ip',
    'x-cluster-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
  ])('was not passed on by a proxy, which %s would tell', (name) => {
    expect(isLocal(request({ address: '127.0.0.1', headers: { [name]: '' } }))).toBe(false);
  });
});

describe('an origin of our own', () => {
  const host = 'live.example.org:8080';
  const ours = { origins: ['https://public.example.org'], proxies };
  const own = (origin: string | undefined, more: Record<string, string> = {}, strict = true): boolean =>
    isOwnOrigin(request({ headers: { host, ...(origin === undefined ? {} : { origin }), ...more } }), ours, strict);

  test.each(['http://live.example.org:8080', 'https://live.example.org:8080', 'https://public.example.org'])(
    '%s is',
    (origin) => {
      expect(own(origin)).toBe(true);
    },
  );

  test.each([
    'null',
    '',
    'http://live.example.org',
    'http://live.example.org:80801',
    'http://live.example.org.evil.com:8080',
    'http://evil.com/live.example.org:8080',
    'http://evil.com?live.example.org:8080',
    'http://evil.com#live.example.org:8080',
    'http://live.example.org:8080@evil.com',
    'http://sub.live.example.org:8080',
    'http://xlive.example.org:8080',
    'ftp://live.example.org:8080',
    'file://live.example.org:8080',
    'javascript:live.example.org:8080',
    'live.example.org:8080',
    'https://public.example.org.evil.com',
    'https://public.example.org:444',
    'http://public.example.org',
    'https://publicXexample.org',
    '*',
  ])('%s is not', (origin) => {
    expect(own(origin)).toBe(false);
    expect(isSameSite(request({ headers: { host, origin, 'sec-fetch-site': 'same-origin' } }), ours)).toBe(false);
  });

  test('a default port counts as none', () => {
    const at = (origin: string, name: string): boolean =>
      isOwnOrigin(request({ headers: { origin, host: name } }), ours, true);
    expect(at('http://example.org', 'example.org:80')).toBe(true);
    expect(at('https://example.org', 'example.org:443')).toBe(true);
    expect(at('https://example.org', 'example.org:80')).toBe(false);
  });

  test('is never found without a Host', () => {
    for (const origin of ['null', 'http://', 'http://x']) {
      expect(isOwnOrigin(request({ headers: { origin } }), ours, true)).toBe(false);
    }
  });

  test('may be left out of a plain request, but not of a socket’s, and not where the browser says otherwise', () => {
    expect([own(undefined), own(undefined, {}, false)]).toEqual([false, true]);
    expect(own(undefined, { 'sec-fetch-site': 'same-origin' }, false)).toBe(true);
    expect(own(undefined, { 'sec-fetch-site': 'cross-site' }, false)).toBe(false);
    expect(own(undefined, { 'sec-fetch-site': 'same-site' }, false)).toBe(false);
  });

  test('must be proven by a request that changes something', () => {
    const changes = (headers: Record<string, string>): boolean =>
      isSameSite(request({ headers: { host, ...headers } }), ours);
    expect(changes({})).toBe(false);
    expect(changes({ 'sec-fetch-site': 'same-origin' })).toBe(true);
    expect(changes({ 'sec-fetch-site': 'none' })).toBe(false);
    expect(changes({ origin: `http://${host}` })).toBe(true);
  });

  test('is the host that a configured proxy forwards, and nobody else', () => {
    const headers = { host: '127.0.0.1:8080', origin: 'https://live.org', 'x-forwarded-host': 'live.org' };
    expect(isOwnOrigin(request({ headers, address: '10.1.1.1' }), ours, true)).toBe(true);
    expect(isOwnOrigin(request({ headers }), ours, true)).toBe(false);
    expect(hostOf(request({ headers, address: '10.1.1.1' }), proxies)).toBe('live.org');
    const inRow = { ...headers, 'x-forwarded-host': 'Live.org, inner.local' };
    expect(hostOf(request({ headers: inRow, address: '10.1.1.1' }), proxies)).toBe('live.org');
    const empty = { ...headers, 'x-forwarded-host': '' };
    expect(hostOf(request({ headers: empty, address: '10.1.1.1' }), proxies)).toBe('127.0.0.1:8080');
  });
});

test('a browser came over TLS when the socket, its Origin or a configured proxy says so', () => {
  const proto = { 'x-forwarded-proto': 'https' };
  expect(isSecure(request({ encrypted: true }), proxies)).toBe(true);
  expect(isSecure(request({ headers: { origin: 'https://a' } }), proxies)).toBe(true);
  expect(isSecure(request({ headers: proto, address: '10.1.1.1' }), proxies)).toBe(true);
  expect(isSecure(request({ headers: proto }), proxies)).toBe(false);
  expect(isSecure(request({ headers: { origin: 'http://a' } }), proxies)).toBe(false);
});

test.each([
  ['localhost', true],
  ['LocalHost:8080', true],
  ['live.localhost:8080', true],
  ['127.0.0.1:8080', true],
  ['127.255.3.9', true],
  ['[::1]:8080', true],
  ['[::1]', true],
  ['192.168.1.5:8080', false],
  ['live.example', false],
  ['[2001:db8::1]:8080', false],
  ['localhost.example', false],
  ['notlocalhost', false],
  ['127.0.0.1.example', false],
  ['127.0.0.1@example', false],
  ['', false],
])('over plain http the host “%s” is the browser’s own machine: %s', (host, own) => {
  expect(isTrustworthy(request({ headers: { host } }), proxies)).toBe(own);
  expect(isTrustworthy(request({ headers: { host }, encrypted: true }), proxies)).toBe(true);
  const proxied = { host, 'x-forwarded-proto': 'https' };
  expect(isTrustworthy(request({ headers: proxied, address: '10.1.1.1' }), proxies)).toBe(true);
  expect(isTrustworthy(request({ headers: proxied }), proxies)).toBe(own);
});

test.each([
  ['Bearer rt_abc', 'rt_abc'],
  ['bearer rt_abc', 'rt_abc'],
  ['Basic abc', undefined],
  ['Bearer ', undefined],
  ['Bearer a b', undefined],
  [`Bearer ${'x'.repeat(513)}`, undefined],
  ['', undefined],
])('of “%s” the token is %s', (authorization, token) => {
  expect(bearerOf(request({ headers: { authorization } }))).toBe(token);
});
