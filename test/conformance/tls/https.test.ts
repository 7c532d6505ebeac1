import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { fingerprintOf } from '../../tls.ts';
import { askHttp2, askHttps, openHttp2, shake, startSecureServer } from './stage.ts';

/** What the other side says until it closes. */
async function rest(socket: TLSSocket | ReturnType<typeof connect>): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => parts.push(bytes));
  await once(socket, 'close');
  return Buffer.concat(parts).toString('latin1');
}

describe('a client of TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s with it, by a cipher that is safe', async (version) => {
    const { httpsPort, identity } = await startSecureServer();
    const socket = await shake(httpsPort, { minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    expect(socket.getCipher().name).toMatch(/GCM|CHACHA20/);
    expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprintOf(identity));
  });

  test.each(['TLSv1', 'TLSv1.1'] as const)('does not get by with %s', async (version) => {
    const { httpsPort } = await startSecureServer();
    const options = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(shake(httpsPort, options)).rejects.toThrow(/alert protocol version/);
  });

  test('without AES instructions of its own gets ChaCha20', async () => {
    const { httpsPort } = await startSecureServer();
    const ciphers = 'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
    expect((await shake(httpsPort, { ciphers })).getCipher().name).toBe('TLS_CHACHA20_POLY1305_SHA256');
    const older = {
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256',
    } as const;
    expect((await shake(httpsPort, older)).getCipher().name).toBe('ECDHE-ECDSA-CHACHA20-POLY1305');
  });

  test.each([
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1', 'h2'], 'h2'],
    [['http/1.1'], 'http/1.1'],
    [['http/1.0'], 'http/1.0'],
    [undefined, false],
  ])('that offers %o gets %o', async (offered, chosen) => {
    const { httpsPort } = await startSecureServer();
    const socket = await shake(httpsPort, { ...(offered && { ALPNProtocols: offered }) });
    expect(socket.alpnProtocol).toBe(chosen);
  });

  test.each([[['rtmp']], [['acme-tls/1']], [['h3', 'imap']]])(
    'that came for %o is refused by name',
    async (offered) => {
      const { httpsPort } = await startSecureServer();
      await expect(shake(httpsPort, { ALPNProtocols: offered })).rejects.toThrow(/no application protocol/i);
    },
  );

  test.each(['live.example.org', undefined])('that names %s is shown the certificate there is', async (servername) => {
    const { httpsPort, identity } = await startSecureServer();
    const socket = await shake(httpsPort, { ...(servername && { servername }) });
    expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprintOf(identity));
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('need not do the whole handshake again, by %s', async (version) => {
    const { httpsPort, server, files } = await startSecureServer();
    const options = { minVersion: version, maxVersion: version, ALPNProtocols: ['http/1.1'] } as const;
    const first = await shake(httpsPort, options);
    // Of TLS 1.3 it comes after the handshake.
    const later = new Promise<Buffer>((resolve) => first.once('session', resolve));
    first.resume().write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const ticket = version === 'TLSv1.2' ? first.getSession()! : await later;
    expect((await shake(httpsPort, { ...options, session: ticket })).isSessionReused()).toBe(true);
    expect(files.cert).not.toBe('');
    await server.reloadCertificate();
    expect((await shake(httpsPort, { ...options, session: ticket })).isSessionReused()).toBe(true);
  });
});

describe('over HTTP/2', () => {
  test.each([
    ['GET', '/'],
    ['HEAD', '/lobby'],
    ['GET', '/lobby'],
    ['GET', '/nothing/here'],
    ['GET', '/api/v1/rooms'],
    ['GET', '/api/v1/rooms/lobby'],
    ['GET', '/api/v1/rooms/lobby/key'],
    ['GET', '/api/v1/nothing'],
    ['PUT', '/api/v1/rooms'],
    ['POST', '/api/v1/link'],
    ['GET', '/healthz'],
    ['GET', '/ws/lobby'],
    ['HEAD', '/live/lobby.flv'],
    ['OPTIONS', '/live/lobby.flv'],
    ['POST', '/live/lobby.flv'],
  ])('%s %s is answered as over HTTP/1.1', async (method, path) => {
    const server = await startSecureServer();
    const [one, two] = [
      await askHttps(server, path, { method }),
      await askHttp2(await openHttp2(server), path, { method }),
    ];
    const without = ({ headers }: typeof one): object => {
      const ofConnection = /^(?::.*|date|connection|keep-alive|transfer-encoding|upgrade|content-length)$/;
      return Object.fromEntries(Object.entries({ ...headers }).filter(([name]) => !ofConnection.test(name)));
    };
    expect([two.status, without(two)]).toEqual([one.status, without(one)]);
    expect(two.text.replaceAll(/"(?:uptime|now|time)":[^,}]+/g, '')).toBe(
      one.text.replaceAll(/"(?:uptime|now|time)":[^,}]+/g, ''),
    );
  });

  test('the owner’s cookie is for TLS only, and holds for pages of ours', async () => {
    const server = await startSecureServer();
    const session = await openHttp2(server);
    const token = server.server.link().split('#owner=')[1]!;
    const headers = { origin: server.https, 'content-type': 'application/json' };
    const body = JSON.stringify({ token });
    const claimed = await askHttp2(session, '/api/v1/claim', { method: 'POST', headers, body });
    expect(claimed.status).toBe(204);
    const [cookie = ''] = claimed.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^__Host-roomcast=.*; Secure$/);
    const own = { cookie: cookie.split(';')[0]!, origin: server.https };
    const key = (more: Record<string, string>): ReturnType<typeof askHttp2> =>
      askHttp2(session, '/api/v1/rooms/lobby/key', { method: 'POST', headers: { ...own, ...more } });
    expect((await key({})).status).toBe(200);
    expect((await key({ origin: 'https://evil.example' })).text).toContain('"bad-origin"');
    expect((await key({ origin: server.https.replace('127.0.0.1', 'localhost') })).status).toBe(403);
  });

  test('the host of a request is its authority', async () => {
    const server = await startSecureServer();
    const session = await openHttp2(server);
    const authority = `live.example.org:${server.httpsPort}`;
    const headers = { ':authority': authority, origin: `https://${authority}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ token: server.server.link().split('#owner=')[1]! });
    expect((await askHttp2(session, '/api/v1/claim', { method: 'POST', headers, body })).status).toBe(204);
  });

  test('a body above its limit is refused, and one that does not come is not waited for', async () => {
    const server = await startSecureServer({ limits: { httpBody: 1024, httpBodyTime: 1 } });
    const session = await openHttp2(server);
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x', origin: server.https };
    const body = JSON.stringify({ token: 'x'.repeat(2000) });
    expect((await askHttp2(session, '/api/v1/claim', { method: 'POST', headers, body })).status).toBe(413);
    const slow = session.request({ ':path': '/api/v1/claim', ':method': 'POST', ...headers }, { endStream: false });
    slow.on('error', () => {});
    slow.write('{');
    await once(slow, 'close');
    expect(slow.rstCode).not.toBe(0);
    expect((await askHttp2(session, '/healthz')).status).toBe(200);
  });
});

test('the room’s socket and media come over WebSockets of TLS', async () => {
  const server = await startSecureServer();
  for (const path of ['/ws/lobby', '/live/lobby.flv']) {
    const socket = new WebSocket(`${server.https.replace('https', 'wss')}${path}`, { ca: server.authority.cert });
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
  }
});

describe('what does not belong on the port', () => {
  test('is answered in words where it is a request without TLS', async () => {
    const { httpsPort } = await startSecureServer();
    const socket = connect(httpsPort, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const text = await rest(socket);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('its address begins with https://');
  });

  test.each([
    ['garbage', Buffer.from([0x99, 1, 2, 3])],
    ['a hello of TLS that is nonsense', Buffer.concat([Buffer.from([0x16, 3, 1, 0, 64]), Buffer.alloc(64, 0x41)])],
    ['an alert', Buffer.from([0x15, 3, 3, 0, 2, 2, 0])],
  ])('is closed where it is %s', async (_name, bytes) => {
    const { httpsPort } = await startSecureServer();
    const socket = connect(httpsPort, '127.0.0.1');
    socket.write(bytes);
    await once(socket.resume(), 'close');
  });

  test('costs those who are there nothing', async () => {
    const server = await startSecureServer();
    const viewer = await openHttp2(server);
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\u0016\u0003\u0001', '\u0003garbage', '']) {
      const socket = connect(server.httpsPort, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(bytes, 'latin1');
      socket.destroy();
    }
    expect((await askHttp2(viewer, '/healthz')).status).toBe(200);
    expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

test('a handshake that does not come to its end is cut in time, at any of its places', async () => {
  const server = await startSecureServer({ limits: { handshakeTime: 1 } });
  const hello = await new Promise<Buffer>((resolve) => {
    const { httpsPort } = server;
    void shake(httpsPort).then((socket) => socket.destroy());
    resolve(Buffer.from([0x16, 3, 1, 1, 0]));
  });
  for (const bytes of [Buffer.alloc(0), hello.subarray(0, 1), hello]) {
    const socket = connect(server.httpsPort, '127.0.0.1');
    await once(socket, 'connect');
    const start = performance.now();
    socket.write(bytes);
    await once(socket.resume(), 'close');
    expect(performance.now() - start).toBeLessThan(4000);
  }
});

test('a server that stops lets requests of HTTP/2 end, and takes no more', async () => {
  const server = await startSecureServer();
  const session = await openHttp2(server);
  expect((await askHttp2(session, '/healthz')).status).toBe(200);
  const closed = once(session, 'close');
  await server.server.close();
  await closed;
  await expect(shake(server.httpsPort)).rejects.toThrow(/ECONNREFUSED/);
});

describe('the link of a start', () => {
  test('leads to https where that listens', async () => {
    const { server, https } = await startSecureServer();
    expect(server.link()).toMatch(new RegExp(`^${https}/lobby#owner=`));
  });

  test('is the address for people where there is one', async () => {
    const { server } = await startSecureServer({ publicUrl: 'https://live.example.org' });
    expect(server.link()).toMatch(/^https:\/\/live\.example\.org\/lobby#owner=/);
  });
});

describe('a browser that opens a page without TLS', () => {
  const page = { accept: 'text/html' };

  test('stays there by default', async () => {
    const { http } = await startSecureServer();
    expect((await fetch(`${http}/lobby`, { headers: page, redirect: 'manual' })).status).toBe(200);
  });

  test('is sent to https on request, and nobody else is', async () => {
    const { http, https } = await startSecureServer({ tls: { redirect: true } });
    const ask = (path: string, headers: Record<string, string> = page, place = http): Promise<IncomingMessage> =>
      new Promise((resolve) => void get(place + path, { headers, agent: false }, (answer) => resolve(answer.resume())));
    const { statusCode, headers } = await ask('/lobby?play=flv');
    expect([statusCode, headers.location]).toEqual([307, `${https}/lobby?play=flv`]);
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect((await ask('/lobby', { accept: '*/*' })).statusCode).toBe(200);
    expect((await ask('/api/v1/rooms')).statusCode).toBe(200);
    expect((await ask('/a/b/c/d/e.flv')).statusCode).toBe(400);
    expect((await ask('/lobby', page, https.replace('https', 'http'))).statusCode).toBe(400);
  });
});
