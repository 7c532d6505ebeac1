import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toRoomcastError } from '../../src/errors.ts';
import type { Route } from '../../src/io/http.ts';
import { type Access, includesScope, type Scope } from '../../src/live/access.ts';
import { temporaryFolder } from '../output.ts';
import { RawSocket } from '../raw-socket.ts';
import { invite, peopledData, principals } from './authorization-people.ts';
import { heard, looksAfter, type Principal, type Row, rows, said, type Who } from './authorization-rows.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const DAY = 86_400_000_000;

let server: TestServer;
let data: string;

beforeAll(async () => {
  data = await peopledData();
  server = await startTestServer({
    data,
    rooms: { garden: {} },
    // Each says all that there is to say.
    limits: { socketMessages: 0, socketMessagesPerUser: 0 },
  });
  await invite(server);
});
afterAll(async () => {
  await server.close();
  await rm(data, { recursive: true });
});

/** How a route answers somebody whom it does not take; undefined where it does. */
function refusalOf(
  { access, scope, inside }: Row,
  method: string,
  who: Who,
  principal: Principal,
): [number, string] | undefined {
  if (inside && principal.banned) return [403, 'denied'];
  if (access === 'anyone') return undefined;
  if (access === 'operator') {
    const isOperator = who === 'admin' && 'Authorization' in principal.headers(server);
    return !principal.forwarded || isOperator ? undefined : [401, 'sign-in'];
  }
  if (who === 'guest') return [401, 'sign-in'];
  const needs = scope ?? (method === 'GET' ? 'read' : 'manage');
  if (!includesScope(principal.scope, needs)) return [403, 'denied'];
  return may(access, who) ? undefined : [403, 'denied'];
}

/** Whether somebody who has signed in is enough for what something asks for. */
function may(access: string, who: Who): boolean {
  if (access === 'moderator') return looksAfter(who);
  return who === 'admin' || access === 'user' || (access === 'owner' && who === 'owner');
}

/** What each is in the room that they enter. */
const roles = { admin: 'owner', owner: 'owner', moderator: 'moderator', account: 'viewer', guest: 'guest' } as const;

/** The room’s socket and its media stay closed. */
async function expectShutOut(slug: string, principal: Principal): Promise<void> {
  for (const path of [`/ws/${slug}`, `/live/${slug}.flv`]) {
    const socket = await RawSocket.upgrade(server.port, path, principal.headers(server));
    expect((await socket.head()).status, path).toBe(403);
    socket.destroy();
  }
}

const nameOf = ({ method, url }: Pick<Route, 'method' | 'url'>): string => `${method} ${url}`;

test('S-01 every route has a row in this matrix, and every row a route', () => {
  const needs = ({ access, scope }: { access: string; scope?: string | undefined }): string =>
    `${access} ${scope ?? 'as usual'}`;
  const routes = Object.fromEntries(server.app.http.routes.map((route) => [nameOf(route), needs(route)]));
  expect(routes).toEqual(Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, needs(row)])));
  expect(server.app.http.media.map(({ url }) => url)).toEqual([
    ...['/PATH.flv', '/PATH.ts', '/PATH.mp4', '/stream'],
    ...['/PATH/hls/BROADCAST/PACKING/NAME', '/hls/SLUG.m3u8', '/PATH/index.m3u8', '/PATH/ts.m3u8'],
  ]);
  expect(server.app.http.sockets.map(({ url }) => url).sort()).toEqual(['/PATH.flv', '/PATH.mp4', '/ws/:slug']);
});

describe.each(principals)('S-01 $name', (principal) => {
  test.each(Object.entries(rows))('%s', async (name, row) => {
    const [method = '', url = ''] = name.split(' ');
    const { path = url, body, headers: own } = row;
    const who = method === 'GET' ? principal.reads : principal.changes;
    const headers = { ...principal.headers(server), ...own };
    const answer = await server.call(method, path, { headers, ...(body ? { body } : {}) });
    const refusal = who === 'foreign' ? ([403, 'bad-origin'] as const) : refusalOf(row, method, who, principal);
    if (refusal) expect([answer.status, answer.code]).toEqual(refusal);
    else expect(answer.status).toBe(typeof row.ok === 'number' ? row.ok : row.ok(who as Who, principal));
    if (method !== 'GET') return;
    const head = await server.call('HEAD', path, { headers });
    expect([head.status, head.text]).toEqual([answer.status, '']);
  });

  test('is told who it is, by the API and by the room’s socket (S-23)', async () => {
    const { room: slug = 'lobby', banned = false } = principal;
    const room = JSON.parse(
      (await server.call('GET', `/api/v1/rooms/${slug}`, { headers: principal.headers(server) })).text,
    );
    expect(room.role).toBe(banned ? 'banned' : roles[principal.reads]);
    if (banned) return expectShutOut(slug, principal);
    const socket = await RawSocket.webSocket(server.port, `/ws/${slug}`, principal.headers(server));
    expect(await socket.message()).toMatchObject({ type: 'hello', room: { role: roles[principal.socket] } });
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

  test('may say on the room’s socket what the command table allows, and listen to what the table of topics does', async () => {
    const { commands = [], topics = [] } = server.app.http.sockets.find(({ url }) => url === '/ws/:slug')!;
    const needs = ({ access, scope }: { access: string; scope: string }): string => `${access} ${scope}`;
    expect(Object.fromEntries(commands.map((row) => [row.type, needs(row)]))).toEqual(
      Object.fromEntries(Object.entries(said).map(([type, row]) => [type, needs(row)])),
    );
    expect(Object.fromEntries(topics.map(({ name, access }) => [name, access]))).toEqual(heard);
    const { room = 'lobby', banned = false } = principal;
    if (banned) return expectShutOut(room, principal);
    const socket = await RawSocket.webSocket(server.port, `/ws/${room}`, principal.headers(server));
    const ask = async (id: number, message: object): Promise<unknown> => {
      socket.frame(0x81, JSON.stringify({ id, ...message }));
      let answer = await socket.message();
      while (answer['id'] !== id) answer = await socket.message();
      return answer['code'] ?? answer['type'];
    };
    let id = 0;
    const who = principal.socket;
    const refused = (access: string, scope: Scope): string | undefined => {
      if (!includesScope(principal.scope, scope)) return 'denied';
      if (access === 'anyone' || may(access, who)) return undefined;
      return who === 'guest' ? 'sign-in' : 'denied';
    };
    for (const [type, row] of Object.entries(said)) {
      const expected = refused(row.access, row.scope) ?? (typeof row.ok === 'string' ? row.ok : row.ok(who, principal));
      expect(await ask(++id, { type, ...row.fields }), type).toBe(expected);
    }
    for (const [name, access] of Object.entries(heard))
      expect(await ask(++id, { type: 'subscribe', topics: [name] }), name).toBe(refused(access, 'read') ?? 'ok');
    expect(await ask(++id, { type: '__proto__' })).toBe('bad-request');
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
