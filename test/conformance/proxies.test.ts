import { get, type IncomingMessage, request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { toRoomcastError } from '../../src/errors.ts';
import { RawSocket } from '../raw-socket.ts';
import { until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

/** Where the proxy that the server trusts connects from; all else comes from 127.0.0.1. */
const PROXY = '127.0.0.9';
const CLIENT = '198.51.100.7';
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

let server: TestServer;
beforeAll(async () => {
  const options = { trustedProxies: [`${PROXY}/32`, '10.0.0.0/8'], limits: { callsPerAddress: 5 } };
  server = await startTestServer(options);
});
afterAll(() => server.close());

interface Call {
  path: string;
  from?: string | undefined;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** An answer’s head, for one that connects from an address of this machine. */
function call({ path, from, headers = {}, method = 'GET', body }: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method, headers, agent: false };
    const request = send({ ...options, ...(from === undefined ? {} : { localAddress: from }) }, (response) => {
      response.resume();
      resolve(response);
    });
    request.on('error', reject).end(body);
  });
}

/** The address under which a viewer with these headers is known, over HTTP and over WebSocket. */
async function knownAs(headers: Record<string, string>, from?: string): Promise<string[]> {
  const { hub } = server.server;
  const addresses: string[] = [];
  const stop = hub.events.on('session-start', (session) => void addresses.push(session.toJSON().remote));
  for (const upgrade of [{}, UPGRADE]) {
    const before = addresses.length;
    const viewer = get({
      host: '127.0.0.1',
      port: server.port,
      path: '/live/lobby.flv',
      headers: { ...headers, ...upgrade },
      agent: false,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    viewer.on('error', () => {}).on('upgrade', (_response, socket) => socket.destroy());
    await until('it watches', () => addresses.length > before);
    viewer.destroy();
  }
  await until('both are gone', () => hub.sessions.size === 0);
  stop();
  return addresses;
}

describe('S-09 headers of proxies', () => {
  const headers = [
    'X-Forwarded-For',
    'X-Real-IP',
    'X-Client-IP',
    'X-Cluster-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
    'Fastly-Client-IP',
    'Forwarded',
    'Via',
  ];

  test.each(headers)('%s of a stranger is not believed', async (name) => {
    const value = name === 'Forwarded' ? `for=${CLIENT}` : CLIENT;
    expect(await knownAs({ [name]: value })).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  test.each(headers)('%s of the proxy is believed if it is X-Forwarded-For', async (name) => {
    const value = name === 'Forwarded' ? `for=${CLIENT}` : CLIENT;
    const address = name === 'X-Forwarded-For' ? CLIENT : PROXY;
    expect(await knownAs({ [name]: value }, PROXY)).toEqual([address, address]);
  });

  test.each([
    ['203.0.113.1, 198.51.100.7', CLIENT],
    ['203.0.113.1, 198.51.100.7, 10.9.9.9', CLIENT],
    ['127.0.0.1, 198.51.100.7', CLIENT],
    ['198.51.100.7, 203.0.113.1, garbage', PROXY],
    ['10.9.9.9', '10.9.9.9'],
    ['::ffff:198.51.100.7', CLIENT],
    ['2001:db8::7', '2001:db8::7'],
    ['203.0.113.1:1, 198.51.100.7:4711', CLIENT],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['', PROXY],
  ])('what a client put before the proxy’s own word does not count: “%s” is %s', async (value, address) => {
    expect(await knownAs({ 'X-Forwarded-For': value }, PROXY)).toEqual([address, address]);
  });

  test('limits per address count the client behind the proxy, whatever it puts in front', async () => {
    const statuses: (number | undefined)[] = [];
    for (let i = 0; i < 7; i++) {
      const forwarded = { 'X-Forwarded-For': `203.0.113.${i}, ${CLIENT}` };
      statuses.push((await call({ path: '/api/v1/rooms', from: PROXY, headers: forwarded })).statusCode);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const other = { 'X-Forwarded-For': '198.51.100.8' };
    expect((await call({ path: '/api/v1/rooms', from: PROXY, headers: other })).statusCode).toBe(200);
  });

  test('the host that our page has is the one that the proxy forwards, not that of a stranger', async () => {
    const { hub } = server.server;
    const page = {
      Origin: 'https://live.example.org',
      'X-Forwarded-Host': 'live.example.org',
      Cookie: server.cookie,
      'Sec-Fetch-Site': 'same-origin',
    };
    const kick = { path: '/api/v1/sessions/nobody', method: 'DELETE', headers: page };
    expect((await call(kick)).statusCode).toBe(403);
    expect((await call({ ...kick, from: PROXY })).statusCode).toBe(404);
    expect(hub.sessions.size).toBe(0);
  });

  test('a cookie is for TLS alone where the proxy says that the browser came over TLS', async () => {
    const cookieOf = async (from?: string): Promise<string> => {
      const fresh = await startTestServer({ trustedProxies: [PROXY] });
      onTestFinished(() => fresh.close());
      const link = (await fresh.server.link()).split('#owner=')[1]!;
      const headers = {
        'Content-Type': 'application/json',
        'Sec-Fetch-Site': 'same-origin',
        'X-Forwarded-Proto': 'https',
      };
      return new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: fresh.port, path: '/api/v1/claim', method: 'POST', headers };
        send({ ...options, ...(from === undefined ? {} : { localAddress: from }) }, (response) => {
          response.resume();
          resolve(String(response.headers['set-cookie']));
        })
          .on('error', reject)
          .end(JSON.stringify({ token: link }));
      });
    };
    expect(await cookieOf(PROXY)).toMatch(/^__Host-roomcast=.*Secure/);
    expect(await cookieOf()).toMatch(/^roomcast=(?!.*Secure)/);
  });

  test.each([
    ['192.168.1.5:8080', undefined, 'http', undefined],
    ['live.example', undefined, 'https', undefined],
    ['live.example', PROXY, 'https', 'same-origin'],
    ['live.example', PROXY, 'http', undefined],
    ['localhost:8080', undefined, 'http', 'same-origin'],
    ['127.0.0.1', undefined, 'http', 'same-origin'],
    ['[::1]:8080', undefined, 'http', 'same-origin'],
  ])('a page at %s, by way of %s that says %s, is kept from who opened it: %s', async (host, from, proto, kept) => {
    const headersOf = { Host: host, 'X-Forwarded-Proto': proto };
    for (const path of ['/', '/lobby', '/nowhere', '/embed/lobby']) {
      const answer = await call({ path, from, headers: headersOf });
      expect(answer.headers['cross-origin-opener-policy'], path).toBe(kept);
    }
  });

  test.each([undefined, PROXY])('no header opens /metrics, and each of them closes it (%s)', async (from) => {
    expect((await call({ path: '/metrics', from })).statusCode).toBe(200);
    for (const name of [...headers, 'X-Forwarded-Proto', 'X-Forwarded-Host']) {
      for (const value of ['127.0.0.1', '', 'for=127.0.0.1']) {
        const answer = await call({ path: '/metrics', from, headers: { [name]: value } });
        expect(answer.statusCode, `${name}: ${value}`).toBe(401);
      }
    }
    const headersOf = { 'X-Forwarded-For': CLIENT, Authorization: `Bearer ${server.bearer}` };
    expect((await call({ path: '/metrics', from, headers: headersOf })).statusCode).toBe(200);
  });

  test('RTMP knows no proxies: one that announces a client is no peer', async () => {
    const raw = await RawSocket.open(server.server.rtmp.port);
    raw.write(`PROXY TCP4 ${CLIENT} 127.0.0.1 4711 1935\r\n`);
    raw.write(Uint8Array.of(3, ...new Uint8Array(1536)));
    await raw.rest();
    expect(raw.ended).toBe(true);
    expect(server.log.join('\n')).not.toContain(`"remote":"${CLIENT}","code":"protocol-error"`);
  });
});

test.each(['10.0.0.0/33', '2001:db8::/129', 'proxy.example.org', '10.0.0.0/-1', '10.0.0/8', '', '*', '10.0.0.1/8/8'])(
  'S-09 “%s” is no network, and the server says so instead of trusting something',
  async (network) => {
    const error = await startTestServer({ trustedProxies: [network] }).then(
      () => undefined,
      (reason: unknown) => toRoomcastError(reason),
    );
    expect(error?.code).toBe('bad-config');
  },
);
