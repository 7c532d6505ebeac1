import { describe, expect, test } from 'vitest';
import { collectGarbage } from '../../garbage.ts';
import { startServer, type TestServer, until } from '../../servers.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { SocketPeer } from './socket-peer.ts';
import { greeting, userControl } from './talk.ts';

const KEY = 'rk_aaaabbbbccccddddeeeeffff';
const keyed = { publish: 'key', rooms: { lobby: { key: KEY } } } as const;

/** Asks, and gives the server's last word; the server has to close. */
async function ask(
  at: TestServer,
  action: 'publish' | 'play',
  name: string,
  app = 'live',
): Promise<[string, string, string]> {
  const peer = await SocketPeer.connected(at.server.rtmp.port, { app });
  const start = performance.now();
  peer.say('createStream', 2, null);
  peer.say(action, 3, null, name);
  expect(await peer.closed(start)).toBeLessThan(2000);
  const { level, code, description } = peer.talk.commands.at(-1)!;
  return [String(level), String(code), description.split(':')[0]!];
}

describe('refusals, in the words of the contract', () => {
  test.each([
    ['publish', 'live', 'lobby', 'Publish.Denied', 'wrong-key'],
    ['publish', 'live', 'lobby?key=rk_wrongwrongwrongwrongwrong', 'Publish.Denied', 'wrong-key'],
    ['publish', 'live?key=rk_wrongwrongwrongwrongwrong', 'lobby', 'Publish.Denied', 'wrong-key'],
    ['publish', 'live', 'rk_wrongwrongwrongwrongwrong', 'Publish.Denied', 'wrong-key'],
    ['publish', 'live', `nowhere?key=${KEY}`, 'Publish.Denied', 'wrong-key'],
    ['publish', 'live', '../lobby', 'Publish.BadName', 'bad-path'],
    ['publish', 'live', 'a/b/c/d/e', 'Publish.BadName', 'bad-path'],
    ['publish', '', '', 'Publish.BadName', 'bad-path'],
    ['play', 'live', 'nowhere', 'Play.StreamNotFound', 'not-found'],
    ['play', 'live', KEY, 'Play.StreamNotFound', 'not-found'],
    ['play', 'live', 'lo bby', 'Play.StreamNotFound', 'bad-path'],
    ['play', 'live', '%2e%2e', 'Play.StreamNotFound', 'bad-path'],
  ] as const)('%s %s/%s gives %s', async (action, app, name, code, reason) => {
    const at = await startServer(keyed);
    expect(await ask(at, action, name, app)).toEqual(['error', `NetStream.${code}`, reason]);
    const lines = at.log.filter(({ fields }) => fields['code'] === reason);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(at.log)).not.toMatch(/rk_/);
  });

  test('a full server says so', async () => {
    const at = await startServer({ limits: { sessions: 1, connections: 10 } });
    const one = await SocketPeer.begun(at.server.rtmp.port, 'play', 'a');
    expect(await ask(at, 'play', 'a')).toEqual(['error', 'NetStream.Play.Failed', 'busy']);
    expect(await ask(at, 'publish', 'a')).toEqual(['error', 'NetStream.Publish.Denied', 'busy']);
    expect(one.closedAt).toBeUndefined();
  });

  test('a path that a program publishes is refused', async () => {
    const at = await startServer(keyed);
    await at.server.hub.publish({
      action: 'publish',
      protocol: 'program',
      path: 'live/lobby',
      credentials: {},
      remote: { address: '' },
      close() {},
      traffic: () => ({ in: 0, out: 0 }),
    });
    expect(await ask(at, 'publish', KEY)).toEqual(['error', 'NetStream.Publish.BadName', 'already-publishing']);
  });
});

describe('C-RTMP-18 a key in the address', () => {
  test.each([
    ['live', KEY],
    ['live', `lobby?key=${KEY}`],
    [`live?key=${KEY}`, 'lobby'],
    [`live/${KEY}`, ''],
  ])('C-RTMP-18 %s and %s publish to the room, and the key is nowhere to be read', async (app, name) => {
    const at = await startServer(keyed);
    const told: unknown[] = [];
    for (const event of ['stream', 'session-start', 'session-end', 'viewers'] as const) {
      at.server.hub.events.on(event, (value) => void told.push(JSON.stringify(value)));
    }
    const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', name, { app });
    const viewer = await SocketPeer.begun(at.server.rtmp.port, 'play', 'lobby');
    peer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 5));
    await until('a picture arrives', () => viewer.talk.of(9).length > 1);
    const { http } = at;
    const sessions = [...at.server.hub.sessions.values()].map((session) => JSON.stringify(session));
    const room = await (await fetch(`${http}/api/v1/rooms/lobby`)).text();
    const heard = viewer.talk.messages.map(({ body }) => Buffer.from(body).toString('latin1'));
    peer.socket.destroy();
    await until('it waits', () => at.server.hub.stream('live/lobby')?.state === 'waiting');
    expect(told.length).toBeGreaterThan(3);
    expect([...told, ...sessions, room, ...heard, JSON.stringify(at.log)].join('\n')).not.toContain(KEY);
  });
});

describe('peers that cost', () => {
  test('one that never finishes its handshake is cut after the idle time, or at the end of the whole', async () => {
    const at = await startServer({ limits: { handshakeIdle: 1, handshakeTime: 2 } });
    const start = performance.now();
    const silent = await SocketPeer.open(at.server.rtmp.port);
    const slow = await SocketPeer.open(at.server.rtmp.port);
    const timer = setInterval(() => slow.send(Uint8Array.of(3)), 200);
    expect(await silent.closed(start)).toBeLessThan(1900);
    expect(await slow.closed(start)).toBeLessThan(3000);
    clearInterval(timer);
    expect(performance.now() - start).toBeGreaterThan(1900);
    // The second may be counted, and then is told a little later.
    const told = (): unknown[] => at.log.filter(({ fields }) => fields['code'] === 'time-out');
    await until('both are told', () => told().length === 2);
  });

  test(
    'a publisher that sends no media is lost after its silence, whatever else it sends',
    { timeout: 20_000 },
    async () => {
      const at = await startServer({ limits: { publisherSilence: 5 } });
      const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
      peer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 5));
      const start = performance.now();
      const timer = setInterval(() => peer.send(userControl(6, 1)), 500);
      const took = await peer.closed(start);
      clearInterval(timer);
      expect(took).toBeGreaterThan(4900);
      expect(took).toBeLessThan(6500);
      expect(peer.talk.commands.at(-1)).toMatchObject({ code: 'NetStream.Publish.Failed' });
      expect(at.server.hub.stream('live/a')?.state).toBe('waiting');
    },
  );

  test('one that asks and never reads the answers is cut', async () => {
    const at = await startServer();
    const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
    peer.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 4000 }, () => userControl(6, 1)));
    const closed = new Promise<void>((resolve) => peer.socket.once('close', resolve));
    const flood = (): void => void (peer.socket.writable && peer.socket.write(pings, flood));
    flood();
    await until('it is cut', () => at.server.hub.sessions.size === 0);
    peer.socket.resume();
    await closed;
    expect(at.log.some(({ fields }) => fields['code'] === 'stalled')).toBe(true);
  });

  test(
    'R-24 a thousand half-open ones leave room for a publisher, cost little, and are gone in time',
    { timeout: 40_000 },
    async () => {
      const at = await startServer({ limits: { handshakeIdle: 2, handshakeTime: 3 } });
      const count = 1000;
      await SocketPeer.begun(at.server.rtmp.port, 'play', 'warm');
      collectGarbage();
      const before = process.memoryUsage();
      const peers = await Promise.all(Array.from({ length: count }, () => SocketPeer.open(at.server.rtmp.port)));
      for (const peer of peers.slice(0, count / 2)) peer.send(greeting.subarray(0, 1000));
      const start = performance.now();
      await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
      expect(performance.now() - start).toBeLessThan(2000);
      collectGarbage();
      const after = process.memoryUsage();
      // Both ends of each connection are in this process.
      expect((after.heapUsed + after.external - before.heapUsed - before.external) / count).toBeLessThan(2 * 20 * 1024);
      await Promise.all(peers.map((peer) => peer.closed()));
      expect(performance.now() - start).toBeLessThan(5000);
    },
  );
});
