import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AudienceMessage, BroadcastRecord, SessionInfo } from '../../src/client/index.ts';
import type { Access } from '../../src/live/access.ts';
import type { Subscription } from '../../src/live/subscription.ts';
import { RawSocket } from '../raw-socket.ts';
import { RoomViewer } from '../room-viewer.ts';
import { until } from '../servers.ts';
import { type Answer, startTestServer, type TestServer } from '../test-server.ts';

const TEXT = 0x81;
const ADDRESS = '203.0.113.77';

let server: TestServer;
const cookies: Record<string, string> = {};
const open: RawSocket[] = [];
const playing: Subscription[] = [];
/** How each session was ended by the server. */
const ends = new Map<string, string>();

beforeAll(async () => {
  server = await startTestServer({ grace: 0, kickTime: 0 });
  cookies['Owner'] = server.cookie;
  for (const name of ['Ada', 'Mona']) {
    const answer = await server.call('POST', '/api/v1/users', {
      headers: { Origin: server.base },
      body: { name, password: 'a good password' },
    });
    cookies[name] = answer.headers.getSetCookie()[0]!.split(';')[0]!;
  }
  await call('Owner', 'PATCH', '/api/v1/me', { name: 'Olga' });
  await call('Owner', 'POST', '/api/v1/rooms/lobby/members', { name: 'Mona', role: 'moderator' });
});
afterAll(() => server.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
  for (const viewer of playing.splice(0)) viewer.leave();
});

function call(name: string | undefined, method: string, path: string, body?: object): Promise<Answer> {
  const headers: Record<string, string> = { Origin: server.base };
  if (name !== undefined) headers['Cookie'] = cookies[name]!;
  return server.call(method, path, { headers, ...(body && { body }) });
}

async function read<T>(name: string | undefined, rest: string): Promise<T> {
  return JSON.parse((await call(name, 'GET', `/api/v1/rooms/lobby/${rest}`)).text) as T;
}

async function enter(name?: string): Promise<RawSocket> {
  const headers = name === undefined ? {} : { Origin: server.base, Cookie: cookies[name]! };
  const socket = await RawSocket.webSocket(server.port, '/ws/lobby', headers);
  open.push(socket);
  return socket;
}

async function play(name?: string, more: Partial<Access> = {}): Promise<Subscription> {
  const subscription: Subscription = await server.server.hub.play({
    action: 'play',
    protocol: 'test',
    path: 'live/lobby',
    credentials: name === undefined ? {} : { cookie: cookies[name]! },
    remote: { address: ADDRESS },
    close: (reason) => void ends.set(subscription.session.id, reason),
    traffic: () => ({ in: 0, out: 0 }),
    ...more,
  });
  playing.push(subscription);
  return subscription;
}

test('those who look after a room see and close the sessions of viewers, and no address', async () => {
  const publisher = await server.publish();
  const viewer = await play();
  const owners = await play('Owner');
  const { sessions } = await read<{ sessions: SessionInfo[] }>('Mona', 'sessions');
  expect(sessions.map(({ id, remote }) => [id, remote])).toEqual([
    [viewer.session.id, '203.0.113.0/24'],
    [owners.session.id, '203.0.113.0/24'],
  ]);
  const all = await read<{ sessions: SessionInfo[] }>('Owner', 'sessions');
  expect(all.sessions.map(({ action, remote }) => [action, remote])).toEqual([
    ['publish', '192.0.2.1'],
    ['play', ADDRESS],
    ['play', ADDRESS],
  ]);
  const at = (id: string, room = 'lobby'): string => `/api/v1/rooms/${room}/sessions/${id}`;
  const codes = [
    (await call('Mona', 'DELETE', at(publisher.session.id))).code,
    (await call('Mona', 'DELETE', at(owners.session.id))).code,
    (await call('Ada', 'DELETE', at(viewer.session.id))).code,
    (await call(undefined, 'GET', '/api/v1/rooms/lobby/sessions')).code,
  ];
  expect(codes).toEqual(['not-found', 'denied', 'denied', 'sign-in']);
  expect((await call('Mona', 'DELETE', at(viewer.session.id))).status).toBe(204);
  expect(ends.get(viewer.session.id)).toBe('kicked');
  expect((await call('Owner', 'DELETE', at(publisher.session.id))).status).toBe(204);
  expect(server.server.hub.stream('live/lobby')?.state).toBe('ended');
});

test('sessions of another room are not those of one’s own', async () => {
  await call('Owner', 'POST', '/api/v1/rooms', { slug: 'other' });
  const elsewhere = await play(undefined, { path: 'live/other' });
  const { code } = await call('Mona', 'DELETE', `/api/v1/rooms/lobby/sessions/${elsewhere.session.id}`);
  expect([code, ends.has(elsewhere.session.id)]).toEqual(['not-found', false]);
});

test('who has signed in is shown to those who look after the room, and to all where the room says so', async () => {
  await enter('Ada');
  await play('Ada', { protocol: 'own' });
  const list = { viewers: [{ id: expect.stringMatching(/^u_/), name: 'Ada', role: 'viewer', protocols: ['own'] }] };
  expect(await read('Mona', 'viewers')).toEqual(list);
  expect((await call(undefined, 'GET', '/api/v1/rooms/lobby/viewers')).code).toBe('denied');
  const changed = await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { showViewers: true });
  expect(JSON.parse(changed.text)).toMatchObject({ showViewers: true });
  expect(await read(undefined, 'viewers')).toEqual(list);
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { watch: 'signed-in' });
  expect((await call(undefined, 'GET', '/api/v1/rooms/lobby/viewers')).code).toBe('sign-in');
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { watch: 'everyone', showViewers: false });
});

test('those who come and go are told by name, to viewers only where the room shows them', async () => {
  const [mona, guest] = [await enter('Mona'), await enter()];
  for (const socket of [mona, guest]) {
    socket.frame(TEXT, '{"id":1,"type":"subscribe","topics":["people"]}');
    await socket.message('ok');
  }
  // Whoever is there when the first look is taken has not come.
  const looked = server.app.scheduler.now() + 2_100_000;
  await until('somebody has looked', () => server.app.scheduler.now() > looked);
  await enter('Ada');
  expect(await mona.message('people')).toEqual({
    type: 'people',
    joined: [{ id: expect.any(String), name: 'Ada' }],
    left: [],
  });
  expect(guest.received.includes('"people",')).toBe(false);
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { showViewers: true });
  open.pop()!.destroy();
  await until('that she has left is told', () => mona.received.includes('"left":[{'));
  expect(await mona.message('people')).toMatchObject({ joined: [], left: [{ name: 'Ada' }] });
  expect(await guest.message('people')).toMatchObject({ left: [{ name: 'Ada' }] });
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { showViewers: false });
});

test('those who look after a room hear who watches, at once and while it is live; moderators no address', async () => {
  const publisher = await server.publish();
  const viewer = await play('Ada');
  const [owner, mona, guest] = [await enter('Owner'), await enter('Mona'), await enter()];
  for (const socket of [owner, mona, guest]) socket.frame(TEXT, '{"id":1,"type":"subscribe","topics":["audience"]}');
  expect(await guest.message('error')).toMatchObject({ code: 'sign-in' });
  const ada = expect.objectContaining({ name: 'Ada', role: 'viewer', protocols: ['test'] });
  // At once, and then once a second.
  for (let second = 0; second < 2; second++) {
    const told = await mona.message('audience');
    expect(told).toMatchObject({
      broadcast: { peak: 1 },
      sessions: [{ id: viewer.session.id, remote: '203.0.113.0/24' }],
    });
    expect(told['viewers']).toContainEqual(ada);
  }
  expect(mona.received.toString()).not.toContain(ADDRESS);
  const told = await owner.message('audience');
  expect(told['viewers']).toContainEqual(ada);
  expect(told['sessions']).toBeUndefined();
  publisher.end('ended');
  viewer.leave();
  await until('that she watches no more is told, too', async () => {
    const { viewers, broadcast } = (await mona.message('audience')) as unknown as AudienceMessage;
    return broadcast === undefined && !viewers.some(({ name }) => name === 'Ada');
  });
});

test('a broadcast is kept, with what was said in it', async () => {
  const publisher = await server.publish();
  const ada = await enter('Ada');
  await play('Ada');
  await play();
  ada.frame(TEXT, '{"id":1,"type":"say","text":"Hello"}');
  await ada.message('ok');
  const { broadcasts: on } = await read<{ broadcasts: BroadcastRecord[] }>('Mona', 'broadcasts');
  expect(on.filter(({ ended }) => ended === undefined)).toEqual([expect.objectContaining({ peak: 2, messages: 1 })]);
  publisher.end('ended');
  await until('it is written', async () => {
    const { broadcasts } = await read<{ broadcasts: BroadcastRecord[] }>('Mona', 'broadcasts?limit=1');
    return broadcasts[0]?.messages === 1 && broadcasts[0].ended !== undefined;
  });
  const { broadcasts, total } = await read<{ broadcasts: BroadcastRecord[]; total: { messages: number } }>(
    'Mona',
    'broadcasts?limit=1',
  );
  expect(broadcasts).toEqual([expect.objectContaining({ peak: 2, unique: 2, messages: 1 })]);
  expect(total.messages).toBe(1);
  const before = await read<{ broadcasts: BroadcastRecord[] }>('Mona', `broadcasts?before=${broadcasts[0]!.started}`);
  expect(before.broadcasts.every(({ started }) => started < broadcasts[0]!.started)).toBe(true);
  expect((await call('Ada', 'GET', '/api/v1/rooms/lobby/broadcasts')).code).toBe('denied');
});

test('players of HLS are counted and have a seat when they play, and not when they ask', async () => {
  const publisher = await server.publish({ ms: 8000 });
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { maxViewers: 5 });
  const { hub } = server.server;
  const ask = async (path: string, agent: string, method = 'GET'): Promise<string> => {
    const { status, text } = await server.call(method, path, { headers: { 'User-Agent': agent } });
    return status === 200 ? text : `${status}`;
  };
  const uriIn = (text: string, name: RegExp): string => text.split('\n').find((line) => name.test(line))!;
  const comes = async (agent: string): Promise<string> => {
    const index = await ask('/live/lobby/index.m3u8', agent);
    return `/live/lobby/${uriIn(index, /^[^#].*m3u8$/)}`;
  };
  for (let i = 0; i < 10; i++) {
    const list = await comes(`bot ${i}`);
    await ask(list, `bot ${i}`);
    for (let j = 0; j < 3; j++) await ask(list, `head ${i}`, 'HEAD');
  }
  const numbers = async (): Promise<object> => {
    const { broadcasts } = await read<{ broadcasts: BroadcastRecord[] }>('Mona', 'broadcasts?limit=1');
    const { sessions } = await read<{ sessions: SessionInfo[] }>('Mona', 'sessions');
    const { peak, unique, protocols } = broadcasts[0]!;
    return { viewers: hub.viewers('live/lobby'), peak, unique, protocols, listed: sessions.length };
  };
  expect(await numbers()).toEqual({ viewers: 0, peak: 0, unique: 0, protocols: {}, listed: 0 });
  for (let i = 0; i < 5; i++) {
    const list = await comes(`viewer ${i}`);
    const segment = uriIn(await ask(list, `viewer ${i}`), /^[^#]/);
    expect((await ask(list.replace(/[^/]+$/, segment), `viewer ${i}`)).length).toBeGreaterThan(100);
  }
  const metrics = (await server.call('GET', '/metrics')).text;
  expect(metrics).toContain('roomcast_sessions{protocol="hls",action="play"} 5\n');
  expect(await ask('/live/lobby/index.m3u8', 'late')).toBe('503');
  await until('they are counted', async () => ((await numbers()) as { unique: number }).unique === 5);
  expect(await numbers()).toMatchObject({ viewers: 5, peak: 5, unique: 5, protocols: { hls: { peak: 5 } }, listed: 5 });
  hub.revoke(({ protocol }) => protocol === 'hls');
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { maxViewers: null });
  publisher.end('ended');
});

test('who has paused on a room’s socket is no viewer and keeps no seat, and asks for one again to play', async () => {
  const publisher = await server.publish();
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { maxViewers: 1 });
  const [paused, other] = [await RoomViewer.enter(server.port), await RoomViewer.enter(server.port)];
  const numbers = async (): Promise<object> => {
    const { broadcasts } = await read<{ broadcasts: BroadcastRecord[] }>('Mona', 'broadcasts?limit=1');
    const { sessions } = await read<{ sessions: SessionInfo[] }>('Mona', 'sessions');
    const room = JSON.parse((await call(undefined, 'GET', '/api/v1/rooms/lobby')).text) as { viewers: number };
    const metric = /roomcast_sessions\{protocol="ws",action="play"\} (\d+)/.exec(
      (await server.call('GET', '/metrics')).text,
    );
    const { peak, watchSeconds } = broadcasts[0]!;
    return { listed: sessions.length, viewers: room.viewers, metric: Number(metric?.[1]), peak, watchSeconds };
  };
  await paused.ask('media', { format: 'flv' });
  const first = server.app.scheduler.now();
  await until('somebody watches for two seconds', () => server.app.scheduler.now() > first + 2_000_000);
  expect(await numbers()).toMatchObject({ listed: 1, viewers: 1, metric: 1, peak: 1 });
  expect(await other.code('media', { format: 'flv' })).toBe('busy');
  await paused.ask('pause');
  const still = await numbers();
  expect(still).toMatchObject({ listed: 0, viewers: 0, metric: 0, peak: 1 });
  const now = server.app.scheduler.now();
  await until('two seconds have passed', () => server.app.scheduler.now() > now + 2_000_000);
  expect(await numbers()).toEqual(still);
  await other.ask('media', { format: 'flv' });
  for (const [type, fields] of [['play'], ['media', { format: 'mp4' }]] as const)
    expect(await paused.code(type, fields)).toBe('busy');
  expect(await paused.ask('stats')).toMatchObject({ format: 'flv', paused: true });
  await other.ask('media', { format: null });
  const { bytes } = await paused.ask('stats');
  expect(await paused.ask('play')).toMatchObject({ type: 'ok' });
  await until('it comes again', () => paused.films.length === 2);
  expect(await numbers()).toMatchObject({ listed: 1, viewers: 1, metric: 1, peak: 1 });
  expect((await paused.ask('stats'))['bytes']).toBeGreaterThan(Number(bytes));
  await call('Owner', 'PATCH', '/api/v1/rooms/lobby', { maxViewers: null });
  for (const viewer of [paused, other]) viewer.raw.destroy();
  publisher.end('ended');
});

test('a beacon that cannot be one is refused, and one that comes too soon', async () => {
  const publisher = await server.publish();
  const socket = await enter();
  const ask = async (fields: object): Promise<unknown> => {
    socket.frame(TEXT, JSON.stringify({ id: 1, type: 'beacon', ...fields }));
    for (;;) {
      const message = await socket.message();
      if (message['id'] === 1) return message['code'] ?? message['type'];
    }
  };
  const beacon = { path: 'hls', state: 'playing', played: 0, stalls: 0, stalled: 0, frames: 0, dropped: 0 };
  for (const wrong of [
    {},
    { ...beacon, path: 'carrier pigeon' },
    { ...beacon, played: -1 },
    { ...beacon, latency: '1' },
    { ...beacon, errors: ['<b>'] },
    { ...beacon, errors: Array.from({ length: 9 }, () => 'media') },
    { ...beacon, more: 1 },
  ])
    expect(await ask(wrong), JSON.stringify(wrong)).toBe('bad-request');
  expect(await ask(beacon)).toBe('ok');
  expect(await ask(beacon)).toBe('too-many-requests');
  expect((await call('Ada', 'GET', '/api/v1/rooms/lobby/qoe')).code).toBe('denied');
  const metrics = (await server.call('GET', '/metrics')).text;
  expect(metrics).toContain('roomcast_player_beacons_total{way="hls"} 1\n');
  publisher.end('ended');
});
