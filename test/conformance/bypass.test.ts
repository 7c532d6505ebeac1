import { get, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/io/http.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { foreignOrigins } from './origins.ts';
import { rows } from './authorization-rows.ts';

let server: TestServer;
let ada: string;

beforeAll(async () => {
  server = await startTestServer({ rooms: { garden: {} }, limits: { callsPerAddress: 0 } });
  const made = await server.call('POST', '/api/v1/users', {
    headers: { Origin: server.base },
    body: { name: 'Ada', password: 'a good password' },
  });
  ada = made.headers.getSetCookie()[0]!.split(';')[0]!;
  const headers = { Authorization: `Bearer ${server.bearer}` };
  const den = await server.call('POST', '/api/v1/rooms', { headers, body: { slug: 'den', watch: 'list' } });
  const yard = await server.call('POST', '/api/v1/rooms', { headers, body: { slug: 'yard' } });
  const ban = await server.call('POST', '/api/v1/rooms/yard/bans', { headers, body: { network: '127.0.0.0/8' } });
  if (!den.code && !yard.code && !ban.code) return;
  throw new Error([den.text, yard.text, ban.text].join('\n'));
});
afterAll(() => server.close());

/** What programs and proxies believe, and this server should not. */
const tricks: readonly Record<string, string>[] = [
  { 'User-Agent': 'Grandstream' },
  { 'User-Agent': 'roomcast' },
  { 'User-Agent': 'kube-probe/1.30' },
  { 'X-Forwarded-For': '127.0.0.1' },
  { 'X-Forwarded-For': '198.51.100.1' },
  { 'X-Real-IP': '::1' },
  { Forwarded: 'for=198.51.100.1;host=localhost;proto=https' },
  { Host: 'localhost' },
  { Host: 'evil.example' },
  { 'X-Forwarded-Host': 'localhost' },
  { 'X-Original-URL': '/api/v1/rooms' },
  { 'X-Rewrite-URL': '/api/v1/rooms' },
  { 'X-HTTP-Method-Override': 'GET' },
  { 'X-Method-Override': 'GET' },
  { 'X-HTTP-Method': 'GET' },
  { Authorization: 'Basic YWRtaW46YWRtaW4=' },
  { Authorization: 'Bearer ' },
  { Authorization: 'Bearer null' },
  { Cookie: 'roomcast=; __Host-roomcast=admin' },
  { 'X-Remote-User': 'Olga' },
];

/** Other ways to write a path. */
function spellings(path: string): string[] {
  const last = path.at(-1)!;
  const coded = `%${last.charCodeAt(0).toString(16)}`;
  return [
    path,
    ...['/', '.', './', '/.', '//', '%2f', '%00', '%20', ';', ';a=b', '?', '#', '?_method=GET', '.json'].map(
      (end) => path + end,
    ),
    path.toUpperCase(),
    `/${path}`,
    path.replaceAll('/', '//'),
    path.replace('/', '/./'),
    `/lobby/..${path}`,
    `/assets/%2e%2e${path}`,
    path.slice(0, -1) + coded,
    path.slice(0, -1) + coded.replace('%', '%25'),
    path.replaceAll('/', '\\'),
  ];
}

/** The status of an answer to a request whose path is sent as it is written. */
function ask(method: string, path: string, headers: Record<string, string>, body?: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const type = body ? { 'Content-Type': 'application/json' } : {};
    const options = { host: '127.0.0.1', port: server.port, method, path, headers: { ...type, ...headers } };
    const sent = request(options, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer)).on('error', reject);
    });
    sent.on('error', reject).end(body ? JSON.stringify(body) : undefined);
  });
}

const guarded = Object.entries(rows).filter(([, { access }]) => access !== 'anyone' && access !== 'user');

describe('S-08 a stranger, and somebody with an account that has nothing to say here,', () => {
  test.each(guarded)('get no further at %s by a header or another spelling', async (name, row) => {
    const [method = '', url = ''] = name.split(' ');
    const path = row.path ?? url;
    // The operator’s route believes connections of this machine, unless a proxy may be between.
    const proxied = row.access === 'operator' ? { 'X-Forwarded-For': '198.51.100.1' } : {};
    const origin = { Origin: server.base };
    const opened: string[] = [];
    const tried = async (how: string, ...question: Parameters<typeof ask>): Promise<void> => {
      const { statusCode = 0 } = await ask(...question);
      if (statusCode < 400 && !(statusCode >= 301 && statusCode <= 308)) opened.push(`${statusCode} by ${how}`);
    };
    for (const [index, trick] of tricks.entries()) {
      const cookie = index % 2 ? {} : { Cookie: ada };
      await tried(JSON.stringify(trick), method, path, { ...origin, ...cookie, ...proxied, ...trick }, row.body);
    }
    const pages = new Set(['/', '/lobby']);
    for (const other of spellings(path)) {
      if (pages.has(new URL(other, server.base).pathname)) continue;
      await tried(other, method, other, { ...origin, Cookie: ada, ...proxied }, row.body);
    }
    expect(opened).toEqual([]);
  });
});

/** How an upgrade, or a request for media, is answered. */
function enter(path: string, headers: Record<string, string>, upgrade: boolean): Promise<number> {
  const asked = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  return new Promise((resolve, reject) => {
    const all = upgrade ? { ...headers, ...asked } : headers;
    const sent = get({ host: '127.0.0.1', port: server.port, path, headers: all, agent: false }, (answer) => {
      resolve(answer.statusCode!);
      answer.destroy();
    });
    sent.on('upgrade', (_answer, socket) => {
      socket.destroy();
      resolve(101);
    });
    sent.on('error', reject);
  });
}

describe.each([
  ['a room that is for its list', 'den'],
  ['a room whose ban covers them', 'yard'],
])('S-08 %s', (_name, slug) => {
  const media = ['flv', 'ts', 'mp4'].map((format) => `/live/${slug}.${format}`);
  const doors = [`/ws/${slug}`, ...media, `/live/${slug}/index.m3u8`, `/live/${slug}/ts.m3u8`, `/hls/${slug}.m3u8`];

  test.each(doors)('is not entered at %s by a header or another spelling', async (door) => {
    const before = server.server.hub.sessions.size;
    const opened: string[] = [];
    for (const upgrade of [true, false]) {
      for (const trick of tricks) {
        for (const cookie of [{}, { Cookie: ada, Origin: server.base }]) {
          const status = await enter(door, { ...cookie, ...trick }, upgrade);
          if (status < 300) opened.push(`${status} by ${JSON.stringify(trick)}`);
        }
      }
      for (const path of spellings(door)) {
        const status = await enter(path, { Cookie: ada, Origin: server.base }, upgrade);
        if (status < 300) opened.push(`${status} by ${path}`);
      }
    }
    expect(opened).toEqual([]);
    expect(server.server.hub.sessions.size).toBe(before);
  });
});

test('S-22 no route of the API, and no picture that people gave, may be read by a page from elsewhere', async () => {
  const names = Object.entries(rows).filter(([name]) => /^\w+ \/(?:api|files)\//.test(name));
  expect(names.length).toBeGreaterThan(80);
  const origins = foreignOrigins(server.port);
  const told: string[] = [];
  for (const [index, [name, row]] of names.entries()) {
    const [method = '', url = ''] = name.split(' ');
    const path = row.path ?? url;
    const origin = origins[index % origins.length]!;
    const preflight = {
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'authorization, content-type',
    };
    for (const [how, headers] of [
      [method, { Origin: origin, Cookie: server.cookie }],
      ['OPTIONS', { Origin: origin, ...preflight }],
    ] as const) {
      const { headers: answered, statusCode } = await ask(how, path, headers, how === 'OPTIONS' ? undefined : row.body);
      const permissions = Object.keys(answered).filter((header) => header.startsWith('access-control-'));
      if (permissions.length > 0) told.push(`${how} ${path} ${statusCode} for “${origin}”: ${permissions.join(', ')}`);
    }
  }
  expect(told).toEqual([]);
});

test('S-24 whatever a page from elsewhere posts, nothing is changed', async () => {
  const changing = Object.entries(rows).filter(([name]) => !name.startsWith('GET '));
  const bodies: [string, string][] = [
    ['application/x-www-form-urlencoded', 'a=b'],
    ['text/plain', '{}'],
    ['multipart/form-data; boundary=x', '--x--'],
  ];
  const changed: string[] = [];
  for (const [name, row] of changing) {
    const [method = '', url = ''] = name.split(' ');
    for (const [type, body] of bodies) {
      const headers = { Origin: 'https://evil.example', Cookie: server.cookie, 'Content-Type': type };
      const { status } = await server.call(method, row.path ?? url, { headers, body });
      if (status !== 403) changed.push(`${status} ${name} as ${type}`);
    }
  }
  expect(changed).toEqual([]);
});

test('the tables have something to try', () => {
  const accesses = new Set<Route['access']>(guarded.map(([, { access }]) => access));
  expect([...accesses].sort()).toEqual(['admin', 'moderator', 'operator', 'owner']);
});
