import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toRoomcastError } from '../../src/errors.ts';
import type { Route } from '../../src/io/http.ts';
import type { Access } from '../../src/live/access.ts';
import { temporaryFolder } from '../output.ts';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

/** Headers with which somebody comes, and who that is: for reading, for changing something, and on a socket. */
interface Principal {
  name: string;
  headers(server: TestServer): Record<string, string>;
  reads: 'owner' | 'guest';
  changes: 'owner' | 'guest' | 'foreign';
  socket: 'owner' | 'guest';
  /** Something says that a proxy is between, so that it does not pass for one on this machine. */
  forwarded?: boolean;
}

const FOREIGN = 'https://evil.example';
const DAY = 86_400_000_000;

const principals: Principal[] = [
  { name: 'anonymous', headers: () => ({}), reads: 'guest', changes: 'foreign', socket: 'guest' },
  {
    name: 'a viewer on our page',
    headers: ({ base }) => ({ Origin: base }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'the owner on our page',
    headers: ({ base, cookie }) => ({ Origin: base, Cookie: cookie }),
    reads: 'owner',
    changes: 'owner',
    socket: 'owner',
  },
  {
    name: 'the owner’s browser without an Origin',
    headers: ({ cookie }) => ({ Cookie: cookie }),
    reads: 'owner',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'the owner’s browser on a page of another site',
    headers: ({ cookie }) => ({ Origin: FOREIGN, Cookie: cookie }),
    reads: 'guest',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'the owner’s browser in a sandboxed frame',
    headers: ({ cookie }) => ({ Origin: 'null', Cookie: cookie }),
    reads: 'guest',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'the owner’s browser, which says that the request is from another site',
    headers: ({ cookie }) => ({ Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' }),
    reads: 'guest',
    changes: 'foreign',
    socket: 'guest',
  },
  {
    name: 'a program with a token',
    headers: ({ bearer }) => ({ Authorization: `Bearer ${bearer}` }),
    reads: 'owner',
    changes: 'owner',
    socket: 'owner',
  },
  {
    name: 'a program with a token on a page of another site',
    headers: ({ bearer }) => ({ Authorization: `Bearer ${bearer}`, Origin: FOREIGN }),
    reads: 'owner',
    changes: 'owner',
    socket: 'owner',
  },
  {
    name: 'a program with a wrong token, and the owner’s cookie',
    headers: ({ cookie, base }) => ({ Authorization: 'Bearer rt_wrong', Cookie: cookie, Origin: base }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a publisher, who knows the key',
    headers: ({ key, base }) => ({ Authorization: `Bearer ${key}`, Cookie: `roomcast=${key}`, Origin: base }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'a browser with a made-up cookie',
    headers: ({ base }) => ({ Origin: base, Cookie: 'roomcast=owner; __Host-roomcast=admin; role=owner' }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
  },
  {
    name: 'one who says so in headers that proxies use',
    headers: ({ base }) => ({
      Origin: base,
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Host': 'localhost',
      'X-Real-IP': '127.0.0.1',
      'X-Forwarded-User': 'owner',
      'X-HTTP-Method-Override': 'GET',
      'User-Agent': 'roomcast-admin',
    }),
    reads: 'guest',
    changes: 'guest',
    socket: 'guest',
    forwarded: true,
  },
  {
    name: 'the owner’s browser behind a proxy',
    headers: ({ base, cookie }) => ({ Origin: base, Cookie: cookie, 'X-Forwarded-For': '192.0.2.7' }),
    reads: 'owner',
    changes: 'owner',
    socket: 'owner',
    forwarded: true,
  },
  {
    name: 'a program with a token behind a proxy',
    headers: ({ bearer }) => ({ Authorization: `Bearer ${bearer}`, Forwarded: 'for=192.0.2.7' }),
    reads: 'owner',
    changes: 'owner',
    socket: 'owner',
    forwarded: true,
  },
];

/** What each route answers to those who may: parameters are filled in, and ids name nothing, so that nobody is hurt. */
const rows: Record<
  string,
  { access: Route['access']; path?: string; body?: object; ok: (who: 'owner' | 'guest') => number }
> = {
  'GET /': { access: 'anyone', ok: () => 200 },
  'GET /:slug': { access: 'anyone', path: '/lobby', ok: () => 200 },
  'GET /embed/:slug': { access: 'anyone', path: '/embed/lobby', ok: () => 200 },
  'GET /assets/*': { access: 'anyone', path: '/assets/none.js', ok: () => 404 },
  'GET /healthz': { access: 'anyone', ok: () => 200 },
  'GET /readyz': { access: 'anyone', ok: () => 200 },
  'GET /metrics': { access: 'operator', ok: () => 200 },
  'GET /api/v1/openapi.json': { access: 'anyone', ok: () => 200 },
  'GET /api/v1/docs': { access: 'anyone', ok: () => 200 },
  'GET /api/v1/rooms': { access: 'anyone', ok: () => 200 },
  'GET /api/v1/rooms/:slug': { access: 'anyone', path: '/api/v1/rooms/lobby', ok: () => 200 },
  'PATCH /api/v1/rooms/:slug': {
    access: 'owner',
    path: '/api/v1/rooms/garden',
    body: { title: 'Roses' },
    ok: () => 200,
  },
  'GET /api/v1/rooms/:slug/key': { access: 'owner', path: '/api/v1/rooms/lobby/key', ok: () => 200 },
  'POST /api/v1/rooms/:slug/key': { access: 'owner', path: '/api/v1/rooms/garden/key', ok: () => 200 },
  'POST /api/v1/rooms/:slug/end': { access: 'owner', path: '/api/v1/rooms/garden/end', ok: () => 204 },
  'POST /api/v1/claim': {
    access: 'anyone',
    body: { token: 'no-such-token' },
    ok: (who) => (who === 'owner' ? 204 : 409),
  },
  'POST /api/v1/link': { access: 'owner', body: { slug: 'lobby' }, ok: () => 200 },
  'POST /api/v1/tokens': { access: 'owner', body: { scope: 'admin' }, ok: () => 200 },
  'GET /api/v1/tokens': { access: 'owner', ok: () => 200 },
  'DELETE /api/v1/tokens/:id': { access: 'owner', path: '/api/v1/tokens/none', ok: () => 404 },
  'GET /api/v1/sessions': { access: 'owner', ok: () => 200 },
  'DELETE /api/v1/sessions/:id': { access: 'owner', path: '/api/v1/sessions/none', ok: () => 404 },
  'GET /api/v1/streams': { access: 'owner', ok: () => 200 },
  'GET /api/v1/streams/*': { access: 'owner', path: '/api/v1/streams/live/lobby', ok: () => 200 },
  'GET /api/v1/server': { access: 'owner', ok: () => 200 },
};

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ rooms: { garden: {} } });
});
afterAll(() => server.close());

/** Whether a route takes somebody: metrics are for tokens, and for this machine itself. */
function admits(access: Route['access'], who: 'owner' | 'guest', { headers, forwarded = false }: Principal): boolean {
  if (access === 'operator') return !forwarded || (who === 'owner' && 'Authorization' in headers(server));
  return access === 'anyone' || who === 'owner';
}

const nameOf = ({ method, url }: Pick<Route, 'method' | 'url'>): string => `${method} ${url}`;

test('S-01 every route has a row in this matrix, and every row a route', () => {
  const routes = Object.fromEntries(server.app.http.routes.map((route) => [nameOf(route), route.access]));
  expect(routes).toEqual(Object.fromEntries(Object.entries(rows).map(([name, { access }]) => [name, access])));
  expect(server.app.http.media.map(({ url }) => url)).toEqual([
    ...['/PATH.flv', '/PATH.ts', '/PATH.mp4', '/stream'],
    ...['/PATH/hls/BROADCAST/PACKING/NAME', '/hls/SLUG.m3u8', '/PATH/index.m3u8', '/PATH/ts.m3u8'],
  ]);
  expect(server.app.http.sockets.map(({ url }) => url).sort()).toEqual(['/PATH.flv', '/PATH.mp4', '/ws/:slug']);
});

describe.each(principals)('S-01 $name', (principal) => {
  test.each(Object.entries(rows))('%s', async (name, { access, path, body, ok }) => {
    const [method = '', url = ''] = name.split(' ');
    const who = method === 'GET' ? principal.reads : principal.changes;
    const answer = await server.call(method, path ?? url, {
      headers: principal.headers(server),
      ...(body ? { body } : {}),
    });
    if (who === 'foreign') expect([answer.status, answer.code]).toEqual([403, 'bad-origin']);
    else if (!admits(access, who, principal)) expect([answer.status, answer.code]).toEqual([401, 'sign-in']);
    else expect(answer.status).toBe(ok(who));
    if (method !== 'GET') return;
    const head = await server.call('HEAD', path ?? url, { headers: principal.headers(server) });
    expect([head.status, head.text]).toEqual([answer.status, '']);
  });

  test('is told who it is, by the API and by the room’s socket (S-23)', async () => {
    const room = JSON.parse(
      (await server.call('GET', '/api/v1/rooms/lobby', { headers: principal.headers(server) })).text,
    );
    expect(room.role).toBe(principal.reads);
    const socket = await RawSocket.webSocket(server.port, '/ws/lobby', principal.headers(server));
    expect(await socket.message()).toMatchObject({ type: 'hello', room: { role: principal.socket } });
    socket.destroy();
  });

  test('may watch a public room over HTTP and WebSocket, and nothing unknown (S-23)', async () => {
    const headers = principal.headers(server);
    for (const [path, status] of [
      ['/live/lobby.flv', 101],
      ['/live/nowhere.flv', 404],
      [`/live/${server.key}.flv`, 404],
      ['/live/a/b.flv', 400],
    ] as const) {
      const socket = await RawSocket.upgrade(server.port, path, headers);
      expect((await socket.head()).status, path).toBe(status);
      socket.destroy();
      const plain = await RawSocket.upgrade(server.port, path, {
        ...headers,
        Connection: undefined,
        Upgrade: undefined,
      });
      expect((await plain.head()).status, path).toBe(status === 101 ? 200 : status);
      plain.destroy();
    }
  });

  test('may say on the room’s socket what the command table allows', async () => {
    const socket = await RawSocket.webSocket(server.port, '/ws/lobby', principal.headers(server));
    const { commands = [] } = server.app.http.sockets.find(({ url }) => url === '/ws/:slug')!;
    expect(commands.map(({ type, access }) => [type, access])).toEqual([['ping', 'anyone']]);
    for (const { type } of commands) {
      socket.frame(0x81, JSON.stringify({ id: 1, type }));
      expect(await socket.message('pong')).toMatchObject({ id: 1, type: 'pong' });
    }
    for (const type of ['login', 'subscribe', 'say', 'delete', 'kick', 'key', 'control', '__proto__']) {
      socket.frame(0x81, JSON.stringify({ id: 2, type }));
      expect(await socket.message('error')).toMatchObject({ id: 2, code: 'bad-request' });
    }
    socket.destroy();
  });
});

describe('S-01 a protocol that asks the hub', () => {
  const access = (action: Access['action'], more: Partial<Access>): Access => ({
    action,
    protocol: 'rtmp',
    path: 'live/lobby',
    credentials: {},
    remote: { address: '192.0.2.9' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
    ...more,
  });
  const ask = async (question: Access): Promise<string> => {
    const { hub } = server.server;
    try {
      if (question.action === 'play') (await hub.play(question)).leave();
      else (await hub.publish(question)).end('ended');
      return 'admitted';
    } catch (error) {
      return toRoomcastError(error).code;
    }
  };

  /** credentials → publish to the room, publish to an unknown room, play the room, play an unknown room */
  const credentials: [string, (server: TestServer) => Access['credentials'], string[]][] = [
    ['nothing', () => ({}), ['wrong-key', 'wrong-key', 'admitted', 'not-found']],
    ['a wrong key', () => ({ key: 'rk_wrong' }), ['wrong-key', 'wrong-key', 'admitted', 'not-found']],
    ['the key', ({ key }) => ({ key }), ['admitted', 'wrong-key', 'admitted', 'not-found']],
    ['the owner’s token', ({ bearer }) => ({ bearer }), ['wrong-key', 'wrong-key', 'admitted', 'not-found']],
    ['the owner’s cookie', ({ cookie }) => ({ cookie }), ['wrong-key', 'wrong-key', 'admitted', 'not-found']],
    ['the token as key', ({ bearer }) => ({ key: bearer }), ['wrong-key', 'wrong-key', 'admitted', 'not-found']],
  ];
  const questions = [
    ['publish', 'live/lobby'],
    ['publish', 'live/nowhere'],
    ['play', 'live/lobby'],
    ['play', 'live/nowhere'],
  ] as const;

  test.each(credentials)('and brings %s', async (_name, bring, expected) => {
    const asked = questions.map(([action, path]) => ask(access(action, { path, credentials: bring(server) })));
    expect(await Promise.all(asked)).toEqual(expected);
  });

  test('and was kicked is refused for a while, publisher and viewer alike', async () => {
    const { hub } = server.server;
    const publisher = await hub.publish(access('publish', { credentials: { key: server.key } }));
    const viewer = await hub.play(access('play', { remote: { address: '192.0.2.10' } }));
    for (const { session } of [publisher, viewer]) {
      const answer = await server.call('DELETE', `/api/v1/sessions/${session.id}`, {
        headers: { Authorization: `Bearer ${server.bearer}` },
      });
      expect(answer.status).toBe(204);
    }
    expect(await ask(access('publish', { credentials: { key: server.key } }))).toBe('kicked');
    expect(await ask(access('play', { remote: { address: '192.0.2.10' } }))).toBe('kicked');
    expect(await ask(access('play', { remote: { address: '192.0.2.11' } }))).toBe('admitted');
  });
});

describe('S-01 proof that has ended', () => {
  test('the cookie is refused once its time is over', async () => {
    const headers = { Cookie: server.cookie, Origin: server.base };
    expect((await server.call('GET', '/api/v1/sessions', { headers })).status).toBe(200);
    server.clock.ahead = 401 * DAY;
    expect((await server.call('GET', '/api/v1/sessions', { headers })).code).toBe('sign-in');
    server.clock.ahead = 0;
  });

  test('the token for commands beside a server is refused by the next server on the same data', async () => {
    const data = temporaryFolder();
    const first = await startTestServer({ data });
    await first.close();
    const second = await startTestServer({ data });
    expect(
      (await second.call('GET', '/api/v1/sessions', { headers: { Authorization: `Bearer ${first.bearer}` } })).code,
    ).toBe('sign-in');
    expect((await second.call('GET', '/api/v1/sessions', { headers: { Cookie: first.cookie } })).status).toBe(200);
    await second.close();
  });
});
