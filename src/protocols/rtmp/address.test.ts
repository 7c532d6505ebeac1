import { describe, expect, test } from 'vitest';
import { appOf, askedFor, movedTo, rtmpTarget } from './address.ts';

describe('what a peer asks for', () => {
  test.each([
    ['live', 'lobby', { path: 'live/lobby' }],
    ['live', 'lobby?key=K', { path: 'live/lobby', key: 'K' }],
    ['live?key=K', 'lobby', { path: 'live/lobby', key: 'K' }],
    ['live?key=A', 'lobby?key=B', { path: 'live/lobby', key: 'B' }],
    ['live/', 'lobby', { path: 'live/lobby' }],
    ['live', 'rk_KEY', { path: 'live/rk_KEY' }],
    ['live/rk_KEY', '', { path: 'live/rk_KEY' }],
    ['live', '', { path: 'live' }],
    ['', '', { path: '' }],
    ['a/b', 'c?token=T&x=1', { path: 'a/b/c', token: 'T' }],
    ['a/b', 'c?pass=rp_x.y', { path: 'a/b/c', pass: 'rp_x.y' }],
    ['live', 'lobby?key=', { path: 'live/lobby' }],
    ['live', 'lobby?key=%zz%00', { path: 'live/lobby', key: '%zz\0' }],
    ['live', '../x', { path: 'live/../x' }],
  ])('%s and %s', (app, name, asked) => {
    expect(askedFor(app, name)).toEqual(asked);
  });

  test('may stand in the tcUrl alone, and is second there', () => {
    expect(askedFor('live', 'lobby', 'rtmp://host/live?key=K')).toEqual({ path: 'live/lobby', key: 'K' });
    expect(askedFor('live', 'lobby?key=N', 'rtmp://host/live?key=K').key).toBe('N');
  });

  test('is cut where it is too long for anything of ours', () => {
    expect(askedFor('live', 'a'.repeat(100_000)).path.length).toBeLessThan(1100);
  });
});

test('an app is found in a tcUrl', () => {
  expect([appOf('rtmp://host:1935/live'), appOf('rtmp://host/a/b?x'), appOf('rtmp://host/'), appOf('')]).toEqual([
    'live',
    'a/b?x',
    undefined,
    undefined,
  ]);
});

describe('an address to connect to', () => {
  test.each([
    ['rtmp://host/live/lobby', 'host', 1935, 'live', 'lobby', 'rtmp://host/live'],
    ['rtmp://host:1936/live/lobby?key=K', 'host', 1936, 'live', 'lobby?key=K', 'rtmp://host:1936/live'],
    ['rtmp://host/live?key=K/lobby', 'host', 1935, 'live?key=K', 'lobby', 'rtmp://host/live?key=K'],
    ['rtmp://[::1]:19350/a/b/c', '::1', 19_350, 'a/b', 'c', 'rtmp://[::1]:19350/a/b'],
    ['rtmp://user@host/live/x', 'host', 1935, 'live', 'x', 'rtmp://host/live'],
    ['rtmp://host/live', 'host', 1935, 'live', '', 'rtmp://host/live'],
    ['rtmp://host/live/x?u=a/b', 'host', 1935, 'live', 'x?u=a/b', 'rtmp://host/live'],
    ['rtmps://host/live/x', 'host', 443, 'live', 'x', 'rtmps://host/live'],
    ['rtmps://host:1936/live/x', 'host', 1936, 'live', 'x', 'rtmps://host:1936/live'],
  ])('%s', (url, host, port, app, name, tcUrl) => {
    expect(rtmpTarget(url)).toEqual({ secure: url.startsWith('rtmps:'), host, port, app, name, tcUrl });
  });

  test.each([
    '',
    'http://host/live/x',
    'rtmp://',
    'rtmp://host',
    'rtmp://host/',
    'rtmp://host:0/a/b',
    'rtmp://h:99999/a/b',
  ])('is not %s', (url) => {
    expect(rtmpTarget(url)).toBeUndefined();
  });
});

describe('where a server sends a stream', () => {
  test.each([
    ['rtmp://host/live/lobby?key=K', 'rtmp://other:1936/live', 'rtmp://other:1936/live', 'lobby?key=K'],
    ['rtmp://host/live/lobby', '/backup', 'rtmp://host/backup', 'lobby'],
    ['rtmp://host:1936/live/lobby', '/backup', 'rtmp://host:1936/backup', 'lobby'],
    ['rtmp://host/live/lobby', '//[::1]:1936/live/', 'rtmp://[::1]:1936/live', 'lobby'],
    ['rtmp://host/live?key=K/lobby', 'rtmp://other/live', 'rtmp://other/live?key=K', 'lobby'],
    ['rtmp://host/live?key=K/lobby', '/other/inst', 'rtmp://host/other/inst?key=K', 'lobby'],
    ['rtmp://host/live?key=K/lobby', '/other?key=L', 'rtmp://host/other?key=L', 'lobby'],
    ['rtmp://host/app/inst/lobby?key=K', 'rtmp://other/x/y?t=1', 'rtmp://other/x/y?t=1', 'lobby?key=K'],
  ])('%s to %s', (url, place, tcUrl, name) => {
    const moved = movedTo(rtmpTarget(url)!, place)!;
    expect([moved.tcUrl, moved.name]).toEqual([tcUrl, name]);
    const { host, hostname, port } = new URL(tcUrl);
    expect(`rtmp://${host}/${moved.app}`).toBe(tcUrl);
    expect([moved.host, moved.port]).toEqual([hostname.replaceAll(/[[\]]/g, ''), Number(port || 1935)]);
  });

  test.each(['http://other/live', 'rtmp://', 'rtmp://other', 'rtmp://other:0/live', 'rtmp://a b/live'])(
    'is nowhere: %s',
    (place) => {
      expect(movedTo(rtmpTarget('rtmp://host/live/lobby')!, place)).toBeUndefined();
    },
  );

  test('may be one with TLS, and never from there one without', () => {
    const plain = rtmpTarget('rtmp://host/live/lobby?key=K')!;
    const secure = {
      secure: true,
      host: 'other',
      port: 443,
      app: 'live',
      name: 'lobby?key=K',
      tcUrl: 'rtmps://other/live',
    };
    expect(movedTo(plain, 'rtmps://other/live')).toEqual(secure);
    expect(movedTo(secure, '/backup')).toMatchObject({ secure: true, port: 443, tcUrl: 'rtmps://other/backup' });
    expect(movedTo(secure, 'rtmp://host/live')).toBeUndefined();
  });
});
