import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RawSocket } from '../raw-socket.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const TEXT = 0x81;

type Message = Record<string, unknown>;

let server: TestServer;
const open: RawSocket[] = [];

beforeAll(async () => {
  server = await startTestServer({ rooms: { garden: {} }, grace: 0 });
});
afterAll(() => server.close());
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

async function connect(path = '/ws/lobby', headers: Record<string, string> = {}, at = server): Promise<RawSocket> {
  const socket = await RawSocket.webSocket(at.port, path, headers);
  open.push(socket);
  return socket;
}

/** A viewer that no protocol carries. */
function play(path = 'live/lobby'): ReturnType<TestServer['server']['hub']['play']> {
  return server.server.hub.play({
    action: 'play',
    protocol: 'test',
    path,
    credentials: {},
    remote: { address: '192.0.2.50' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  });
}

describe('a room’s socket', () => {
  test('says hello, the stream and who is there, without being asked', async () => {
    const socket = await connect();
    const said = { slug: 'lobby', title: 'Lobby', tags: [], watch: 'everyone', guests: 'write', admitted: true };
    const room = { ...said, state: 'idle', viewers: 0, tracks: [], role: 'guest' };
    expect(await socket.message()).toEqual({ type: 'hello', version: 1, room, limits: { messageBytes: 16_384 } });
    expect(await socket.message()).toEqual({ type: 'stream', state: 'idle', tracks: [] });
    expect(await socket.message()).toEqual({ type: 'presence', viewers: 0 });
  });

  test('tells what is said of the room when that changes, to each as they may see it', async () => {
    const sockets = [await connect('/ws/lobby', { Origin: server.base, Cookie: server.cookie }), await connect()];
    for (const socket of sockets) await socket.message('hello');
    const headers = { Origin: server.base, Cookie: server.cookie };
    await server.call('PATCH', '/api/v1/rooms/lobby', { headers, body: { title: 'Tonight', maxViewers: 5 } });
    const [owner, guest] = await Promise.all(sockets.map((socket) => socket.message('room')));
    expect(owner).toMatchObject({ room: { title: 'Tonight', maxViewers: 5, role: 'owner' } });
    expect(guest).toMatchObject({ room: { title: 'Tonight', role: 'guest' } });
    expect(guest!['room']).not.toHaveProperty('maxViewers');
    await server.call('PATCH', '/api/v1/rooms/lobby', { headers, body: { title: 'Lobby', maxViewers: null } });
  });

  test('tells nothing that is the owner’s to who logs in as somebody else', async () => {
    const socket = await connect('/ws/lobby', { Origin: server.base, Cookie: server.cookie });
    socket.frame(TEXT, JSON.stringify({ id: 1, type: 'subscribe', topics: [] }));
    expect(await socket.message('ok')).toMatchObject({ topics: expect.arrayContaining(['control', 'doctor']) });
    const body = { name: 'Vera', password: 'a good password' };
    await server.call('POST', '/api/v1/users', { headers: { Origin: server.base }, body });
    const signed = await server.call('POST', '/api/v1/sign-in', { headers: { Origin: server.base }, body });
    const cookie = signed.headers.getSetCookie()[0]!.split(';')[0]!;
    const made = await server.call('POST', '/api/v1/tokens', {
      headers: { Origin: server.base, Cookie: cookie },
      body: { name: 'test', scope: 'chat' },
    });
    socket.frame(TEXT, JSON.stringify({ id: 2, type: 'login', token: (JSON.parse(made.text) as Message)['token'] }));
    expect(await socket.message('ok')).toMatchObject({ id: 2, user: { name: 'Vera', role: 'viewer' } });
    socket.frame(TEXT, JSON.stringify({ id: 3, type: 'subscribe', topics: [] }));
    expect((await socket.message('ok'))['topics']).not.toContain('control');
  });

  test('is that of the default room where no room is named', async () => {
    expect(await (await connect('/ws')).message()).toMatchObject({ type: 'hello', room: { slug: 'lobby' } });
  });

  test('tells of a broadcast from its start to its end', async () => {
    const socket = await connect('/ws/lobby');
    await socket.message('presence');
    const publisher = await server.publish();
    const seen: Record<string, unknown>[] = [await socket.message('stream')];
    while (seen.at(-1)!['state'] !== 'live') seen.push(await socket.message('stream'));
    expect(seen.at(-1)).toMatchObject({
      since: expect.stringMatching(/^\d{4}-.*Z$/),
      broadcast: expect.any(String),
      tracks: [
        { id: 1, kind: 'video', codec: 'h264' },
        { id: 2, kind: 'audio', codec: 'aac' },
      ],
      clock: { mediaTime: expect.any(Number), at: expect.stringMatching(/Z$/) },
    });
    publisher.end('ended');
    const end = await socket.message('stream');
    expect(end).toMatchObject({
      state: 'ended',
      reason: 'ended',
      tracks: [],
      lastLive: { duration: expect.any(Number) },
    });
    expect(end).not.toHaveProperty('clock');
  });

  test('counts viewers at most once a second, and the last number is the true one', async () => {
    const socket = await connect('/ws/garden');
    await socket.message('presence');
    const start = performance.now();
    const viewers = await Promise.all(Array.from({ length: 40 }, () => play('live/garden')));
    const told: unknown[] = [];
    while (told.at(-1) !== 40) told.push((await socket.message('presence'))['viewers']);
    expect(told).toEqual([1, 40]);
    expect(performance.now() - start).toBeGreaterThan(900);
    for (const viewer of viewers) viewer.leave();
  });

  test('tells the owner, and only the owner, rates and sessions once a second while it is live', async () => {
    const owner = await connect('/ws/lobby', { Origin: server.base, Cookie: server.cookie });
    const guest = await connect('/ws/lobby', { Cookie: server.cookie });
    expect(await owner.message('hello')).toMatchObject({ room: { role: 'owner' }, user: { id: expect.any(String) } });
    expect(await guest.message('hello')).not.toHaveProperty('user');
    const publisher = await server.publish({ remote: { address: '192.0.2.7', agent: 'OBS' } });
    const control = await owner.message('control');
    expect(control).toMatchObject({
      rates: { bitRate: expect.any(Number), frameRate: expect.any(Number), gop: expect.any(Number) },
      publisher: { protocol: 'test', remote: '192.0.2.7', agent: 'OBS' },
      sessions: [{ id: publisher.session.id, action: 'publish', path: 'live/lobby' }],
    });
    expect(JSON.stringify(control)).not.toContain(server.key);
    publisher.end('ended');
    const told: unknown[] = [];
    while (told.at(-1) !== 'ended') told.push((await guest.message('stream'))['state']);
    expect(guest.received.includes('"control"')).toBe(false);
  });

  test('tells the owner, and only the owner, what could be better: at once, and when it changes', async () => {
    const owner = await connect('/ws/lobby', { Origin: server.base, Cookie: server.cookie });
    const guest = await connect('/ws/lobby');
    expect(await owner.message('doctor')).toEqual({ type: 'doctor', findings: [] });
    const attempt = server.publish({ credentials: { key: 'rk_wrong' } });
    await expect(attempt).rejects.toMatchObject({ code: 'wrong-key' });
    const finding = { code: 'key-refused', severity: 'warn', values: { attempts: 1, seconds: 0 } };
    expect(await owner.message('doctor')).toEqual({ type: 'doctor', findings: [finding] });
    const late = await connect('/ws/lobby', { Origin: server.base, Cookie: server.cookie });
    expect(await late.message('doctor')).toMatchObject({ findings: [{ code: 'key-refused' }] });
    const headers = { Authorization: `Bearer ${server.bearer}` };
    const { text } = await server.call('GET', '/api/v1/streams/live/lobby', { headers });
    expect(JSON.parse(text)).toMatchObject({ state: 'idle', findings: [{ code: 'key-refused' }] });
    const publisher = await server.publish();
    expect(await owner.message('doctor')).toEqual({ type: 'doctor', findings: [] });
    publisher.end('ended');
    const told: unknown[] = [];
    while (told.at(-1) !== 'ended') told.push((await guest.message('stream'))['state']);
    expect(guest.received.includes('"doctor"')).toBe(false);
  });

  test('answers a ping with the server’s time', async () => {
    const socket = await connect();
    const before = Date.now();
    socket.frame(TEXT, '{"id":9,"type":"ping"}');
    const { at, ...rest } = await socket.message('pong');
    expect(rest).toEqual({ id: 9, type: 'pong' });
    expect(Date.parse(at as string)).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ['no JSON', '{', undefined],
    ['no object', '[1]', undefined],
    ['an unknown type', '{"id":4,"type":"dance"}', 4],
    ['no type', '{"id":4}', 4],
    ['deep nesting', '['.repeat(16_000), undefined],
    ['a prototype (S-38)', '{"__proto__":{"type":"ping"},"id":4}', 4],
  ])('answers a message with %s by an error and goes on', async (_name, text, id) => {
    const socket = await connect();
    socket.frame(TEXT, text);
    const error = await socket.message('error');
    expect([error['code'], error['id']]).toEqual(['bad-request', id]);
    socket.frame(TEXT, '{"type":"ping"}');
    expect(await socket.message('pong')).toBeDefined();
  });

  test('answers a binary message by an error', async () => {
    const socket = await connect();
    socket.frame(0x82, Uint8Array.of(0, 1, 2));
    expect(await socket.message('error')).toMatchObject({ code: 'bad-request' });
  });

  test('tells one who floods so once, stops reading, and goes on telling of the room', async () => {
    const socket = await connect();
    for (let i = 0; i < 200; i++) socket.frame(TEXT, `{"id":${i},"type":"ping"}`);
    const answers: unknown[] = [];
    while (answers.at(-1) !== 'too-many-requests') {
      const message = await socket.message();
      if (message['type'] === 'pong' || message['type'] === 'error') answers.push(message['code'] ?? 'pong');
    }
    expect(answers).toHaveLength(21);
    const viewer = await play();
    expect((await socket.message('presence'))['viewers']).toBe(1);
    viewer.leave();
  });

  test('is closed with a reason when its page does not read, which costs the others nothing', async () => {
    const peers: Socket[] = [];
    const meet = (peer: Socket): void => void peers.push(peer);
    server.app.http.server.on('connection', meet);
    const slow = await connect('/ws/garden');
    server.app.http.server.off('connection', meet);
    const quick = await connect('/ws/garden');
    await quick.message('presence');
    // As full as it gets, without waiting for a kernel's buffers to fill.
    Object.defineProperty(peers[0]!, 'writableLength', { value: 256 * 1024, configurable: true });
    const viewer = await play('live/garden');
    const { code, reason } = await slow.closed();
    expect([code, reason]).toEqual([1008, 'Too slow: messages were not read.']);
    expect((await quick.message('presence'))['viewers']).toBe(1);
    viewer.leave();
  });
});

test('one address may hold so many sockets, but not this machine’s own', async () => {
  const limited = await startTestServer({ limits: { socketsPerAddress: 2 }, trustedProxies: ['127.0.0.0/8'] });
  const from = (address: string): Promise<RawSocket> =>
    RawSocket.upgrade(limited.port, '/ws/lobby', { 'X-Forwarded-For': address });
  const statusOf = async (address: string): Promise<number> => {
    const socket = await from(address);
    open.push(socket);
    return (await socket.head()).status;
  };
  expect([await statusOf('192.0.2.1'), await statusOf('192.0.2.1'), await statusOf('192.0.2.1')]).toEqual([
    101, 101, 429,
  ]);
  expect([
    await statusOf('192.0.2.2'),
    await statusOf('127.0.0.1'),
    await statusOf('127.0.0.1'),
    await statusOf('127.0.0.1'),
  ]).toEqual([101, 101, 101, 101]);
  open[0]!.destroy();
  let status = 429;
  while (status === 429) status = await statusOf('192.0.2.1');
  expect(status).toBe(101);
  await limited.close();
});

test('a server that stops says so with 1012', async () => {
  const short = await startTestServer();
  const socket = await connect('/ws/lobby', {}, short);
  await socket.message('presence');
  const closing = short.close();
  expect((await socket.closed()).code).toBe(1012);
  await closing;
});

test('a server that stops first tells each of many how the broadcast ended, however short before it began', async () => {
  const short = await startTestServer();
  const sockets = await Promise.all(Array.from({ length: 250 }, () => connect('/ws/lobby', {}, short)));
  for (const socket of sockets) await socket.message('presence');
  await short.publish();
  let state: unknown;
  while (state !== 'live') ({ state } = await sockets.at(-1)!.message('stream'));
  const closing = short.close();
  for (const socket of [sockets[0]!, sockets.at(-1)!]) {
    let last: Message = {};
    while (last['state'] !== 'ended') last = await socket.message('stream');
    expect(last).toMatchObject({ reason: 'shutdown' });
    expect((await socket.closed()).code).toBe(1012);
  }
  await closing;
});
