import { STATUS_CODES } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let owner: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  owner = { Authorization: `Bearer ${server.bearer}` };
});
afterAll(() => server.close());

/** Sends these bytes and gives status and text of the answer. */
async function raw(
  bytes: string | Buffer,
): Promise<{ status: number; reason: string; headers: Record<string, string>; text: string }> {
  const socket = await RawSocket.open(server.port);
  socket.write(bytes);
  const head = await socket.head();
  if (head.headers['connection']?.includes('close')) return { ...head, text: (await socket.rest()).toString() };
  socket.destroy();
  return { ...head, text: '' };
}

describe('the API', () => {
  test.each([
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v2/rooms',
    '/api/v1/rooms/',
    '/api/v1/ROOMS',
    '/api/v1/rooms/lobby/',
    '/api/v1/rooms.json',
    '/api/v1/rooms/lobby/key/x',
    '/api//v1/rooms',
    '/api/v1/./rooms',
  ])('answers %s, which it does not have, in JSON', async (path) => {
    const socket = await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(socket.status).toBe(404);
    expect(JSON.parse(socket.text)).toMatchObject({ error: { code: 'not-found' } });
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'does not take %s where there is something else, and says what there is',
    async (method) => {
      const at = (path: string): ReturnType<typeof raw> =>
        raw(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      const { status, reason, headers, text } = await at('/api/v1/rooms');
      expect([status, reason, headers['allow']]).toEqual([405, 'Method Not Allowed', 'GET, HEAD, POST']);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'bad-request' } });
      expect((await at('/api/v1/rooms/lobby/key')).headers['allow']).toBe('GET, HEAD, POST');
      expect((await at('/api/v1/nothing/at/all')).status).toBe(404);
    },
  );

  test.each([
    ['no JSON', '{', 400],
    ['nothing', '', 400],
    ['another type', '[]', 400],
    ['a missing field', '{}', 400],
    ['a field that is not known', '{"token":"x","more":1}', 400],
    ['a number in place of a text', '{"token":1}', 400],
    ['an empty text', '{"token":""}', 400],
    ['a text that is too long', `{"token":"${'x'.repeat(513)}"}`, 400],
    ['nesting of 33', `{"token":${'['.repeat(33)}${']'.repeat(33)}}`, 400],
    ['a prototype', '{"token":"x","__proto__":{"role":"owner"}}', 400],
    ['a prototype in disguise', '{"token":"x","\\u005f_proto__":{"role":"owner"}}', 400],
    ['a constructor', '{"token":"x","constructor":{"prototype":{"role":"owner"}}}', 400],
    ['256 KiB and one byte', `{"token":"${'x'.repeat(262_144 - 11)}"}`, 413],
    ['10^5 keys', `{${Array.from({ length: 30_000 }, (_, i) => `"${i}":1`).join()}}`, 413],
  ])('refuses a body with %s (S-38)', async (_name, body, status) => {
    const answer = await server.call('POST', '/api/v1/claim', {
      headers: { Origin: server.base, 'Content-Type': 'application/json' },
      body,
    });
    expect([answer.status, answer.code]).toEqual([status, status === 413 ? 'too-large' : 'bad-request']);
    expect((Object.prototype as Record<string, unknown>)['role']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('does not tell a stranger how a body should look: who may is asked first', async () => {
    const answer = await server.call('POST', '/api/v1/tokens', {
      headers: { Origin: server.base },
      body: { scope: 1 },
    });
    expect(answer.status).toBe(401);
  });

  test('pollutes nothing by a query (S-38)', async () => {
    await server.call('GET', '/api/v1/rooms?__proto__[role]=owner&constructor.prototype.role=owner&__proto__=x', {
      headers: owner,
    });
    expect(({} as Record<string, unknown>)['role']).toBeUndefined();
  });

  test('tells nobody to keep, sniff, frame or share an answer', async () => {
    for (const path of ['/api/v1/rooms', '/api/v1/nothing', '/api/v1/sessions']) {
      const { headers } = await server.call('GET', path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('tells the sessions without what they proved themselves with', async () => {
    const publisher = await server.publish({
      path: `live/${server.key}`,
      credentials: {},
      remote: { address: '192.0.2.1', agent: 'OBS' },
    });
    const answer = await server.call('GET', '/api/v1/sessions', { headers: owner });
    expect(JSON.parse(answer.text).sessions).toEqual([
      expect.objectContaining({
        protocol: 'test',
        action: 'publish',
        path: 'live/lobby',
        remote: '192.0.2.1',
        agent: 'OBS',
        skips: 0,
      }),
    ]);
    expect(answer.text).not.toContain(server.key);
    publisher.end('ended');
  });

  test('shows the publish address by the host under which it was asked', async () => {
    const { text } = await server.call('GET', '/api/v1/rooms/lobby/key', { headers: owner });
    const port = server.server.rtmp.port;
    expect(JSON.parse(text)).toEqual({
      key: server.key,
      server: `rtmp://127.0.0.1:${port}/live`,
      publishUrl: `rtmp://127.0.0.1:${port}/live/lobby?key=${server.key}`,
      declared: false,
    });
  });

  test('says of the server what its owner wants to know', async () => {
    const { text } = await server.call('GET', '/api/v1/server', { headers: owner });
    expect(JSON.parse(text)).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      claimed: true,
      streams: 0,
    });
  });
});

describe('what is no request', () => {
  test.each([
    ['a word', 'HELLO\r\n\r\n', 400],
    ['no path', 'GET  HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', 400],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n', 400],
    ['two lengths', 'POST /api/v1/claim HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 400],
    [
      'a length and chunks',
      'POST /api/v1/claim HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a negative length', 'POST /api/v1/claim HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 400],
    ['headers of 20 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['10^4 cookies', `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'a=b; '.repeat(10_000)}\r\n\r\n`, 431],
    ['a path of 20 KiB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['TLS', Buffer.from('16030100050100000100', 'hex'), 400],
  ])('is answered as such: %s', async (_name, bytes, status) => {
    const answer = await raw(bytes);
    expect([answer.status, answer.reason]).toEqual([status, STATUS_CODES[status]]);
  });

  test('a parameter that is far too long names nothing', async () => {
    expect((await server.call('GET', `/api/v1/rooms/${'x'.repeat(5000)}`)).status).toBe(404);
  });

  test('a request in absolute form is one for its path, and proves nothing by its host', async () => {
    const at = (target: string): string =>
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`;
    expect((await raw(at('http://localhost/api/v1/rooms'))).status).toBe(200);
    expect((await raw(at('http://localhost/api/v1/sessions'))).status).toBe(401);
    expect((await raw(at('http://localhost/live/nowhere.flv'))).status).toBe(404);
    expect((await raw(at('*'))).status).toBe(400);
  });

  test('a second request on a connection of media ends it', async () => {
    const socket = await RawSocket.open(server.port);
    const request = 'GET /live/lobby.flv HTTP/1.1\r\nHost: a\r\n\r\n';
    socket.write(request);
    expect((await socket.head()).status).toBe(200);
    socket.write(request);
    await socket.rest();
    expect(server.app.hub.viewers('live/lobby')).toBe(0);
  });
});

describe('the limits of one address', () => {
  test('are a hundred API calls in ten seconds, whatever the path is spelled like', async () => {
    const limited = await startTestServer({ trustedProxies: ['127.0.0.0/8'] });
    const from = (address: string, path = '/api/v1/rooms'): ReturnType<TestServer['call']> =>
      limited.call('GET', path, { headers: { 'X-Forwarded-For': address } });
    const paths = Array.from({ length: 130 }, (_, i) => (i % 2 ? '/api/v1/rooms' : '/%61pi/v1/rooms'));
    const start = performance.now();
    const answers = await Promise.all(paths.map((path) => from('192.0.2.1', path)));
    const earned = Math.ceil((performance.now() - start) / 100); // ten a second come back
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(Math.max(1, 30 - earned));
    expect(refused.length).toBeLessThanOrEqual(30);
    expect([refused[0]!.code, Number(refused[0]!.headers.get('retry-after'))]).toEqual(['too-many-requests', 1]);
    expect((await from('192.0.2.2')).status).toBe(200);
    expect((await from('192.0.2.1', '/lobby')).status).toBe(200);
    for (let i = 0; i < 130; i++) expect((await from('127.0.0.1')).status).toBe(200);
    await limited.close();
  });

  test('do not trust an address that a stranger forwards', async () => {
    const { remote } = await server.app.http.callerOf(
      {
        headers: { 'x-forwarded-for': '10.0.0.1' },
        socket: { remoteAddress: '192.0.2.1', remotePort: 1 },
        url: '/',
      } as never,
      { strict: false },
    );
    expect(remote.address).toBe('192.0.2.1');
  });
});

test('a request that never ends is ended', async () => {
  const impatient = await startTestServer({ limits: { httpHeaderTime: 1, httpBodyTime: 1 } });
  const slow = await RawSocket.open(impatient.port);
  slow.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  const body = await RawSocket.open(impatient.port);
  body.write(
    `POST /api/v1/claim HTTP/1.1\r\nHost: 127.0.0.1:${impatient.port}\r\nOrigin: ${impatient.base}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  expect((await slow.head()).status).toBe(408);
  await slow.rest();
  expect((await body.head()).status).toBe(408);
  await impatient.close();
});
