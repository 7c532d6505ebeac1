import { beforeEach, expect, test } from 'vitest';
import { LiveStage, type StagePublisher } from '../../../test/live-stage.ts';
import { audioTrack, film, videoTrack } from '../../../test/media.ts';
import type { Beacon } from '../../client/messages.ts';
import type { Access, Identity } from '../../live/access.ts';
import type { Subscription } from '../../live/subscription.ts';
import { SECOND } from '../../media/time.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import type { BroadcastRow } from './broadcast-tables.ts';
import { RoomPresence } from './room-presence.ts';

const PATH = 'live/lobby';

let stage: LiveStage;
let room: RoomPresence;
let peers: Set<SocketPeer>;
let rows: BroadcastRow[];
let pushed: { topic: string; message: object; to: SocketPeer[] }[];
let publisher: StagePublisher;

const people: Record<string, Identity> = {
  ada: { id: 'u_ada', kind: 'account', name: 'Ada', admin: false },
  ann: { id: 'g_ann', kind: 'guest', name: 'Ann', admin: false },
  ben: { id: 'g_ben', kind: 'guest', name: 'Ben', admin: false },
};

beforeEach(async () => {
  sent = 0;
  stage = new LiveStage({
    gate: ({ credentials: { bearer } }) => (bearer ? { identity: people[bearer]! } : {}),
    grace: 10 * SECOND,
  });
  peers = new Set();
  rows = [];
  pushed = [];
  const { hub, scheduler } = stage;
  const services = {
    rooms: { idOf: () => 'r_1', showsViewers: () => false },
    sockets: {
      peers: () => peers,
      push(_slug: string, topic: string, message: object, to: (peer: SocketPeer) => boolean = () => true) {
        pushed.push({ topic, message, to: [...peers].filter((peer) => to(peer)) });
      },
    },
  };
  const app = { hub, scheduler, services } as unknown as App;
  room = new RoomPresence({ slug: 'lobby', app, salt: new Uint8Array(16), ended: (row) => rows.push(row) });
  hub.events.on('session-start', (session) => session.action === 'play' && room.enter(session));
  hub.events.on('session-end', ({ session }) => session.action === 'play' && room.leave(session));
  hub.events.on('stream', (stream) => room.streamChanged(stream));
  scheduler.every(SECOND, () => room.look());
  publisher = await stage.publish({ path: PATH });
});

function play(protocol: string, agent: string, bearer?: string, more: Partial<Access> = {}): Promise<Subscription> {
  const access: Access = {
    action: 'play',
    protocol,
    path: PATH,
    credentials: bearer === undefined ? {} : { bearer },
    remote: { address: '192.0.2.1', agent },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
    ...more,
  };
  return stage.hub.play(access);
}

function enter(agent: string, who?: string, role: SocketPeer['role'] = 'viewer'): SocketPeer {
  const identity = who === undefined ? undefined : people[who];
  const caller = { identity, credentials: {}, remote: { address: '192.0.2.1', agent } };
  const peer = { slug: 'lobby', caller, role, topics: new Set(['presence']), say() {} } as unknown as SocketPeer;
  peers.add(peer);
  return peer;
}

/** They watch one after another, without a name. */
async function comeAndGo(agents: readonly string[]): Promise<void> {
  for (const agent of agents) {
    const viewer = await play('http-flv', agent);
    stage.scheduler.advance(SECOND);
    viewer.leave();
  }
}

const beacon = (more: Partial<Beacon> = {}): Beacon => ({
  path: 'hls',
  state: 'playing',
  played: 10_000,
  stalls: 0,
  stalled: 0,
  frames: 250,
  dropped: 0,
  ...more,
});

let sent = 0;
/** So many seconds of the stream. */
async function live(seconds: number): Promise<void> {
  const frames = film({ from: sent, ms: seconds * 1000, video: videoTrack(), audio: audioTrack() });
  sent += seconds * 1000;
  await stage.run({ by: publisher, frames });
}

const now = (looksAfter = true): object => room.presence(looksAfter);

test('one who has signed in is one viewer by whatever they watch, and a guest another', async () => {
  await live(1);
  enter('Browser', 'ada');
  await play('ws-flv', 'Browser', 'ada');
  await play('hls', 'Browser');
  await play('rtmp', 'Player');
  await play('http-flv', 'Other', 'ann');
  stage.scheduler.advance(SECOND);
  expect(now()).toMatchObject({ viewers: 4, protocols: { 'ws-flv': 1, hls: 1, rtmp: 1, 'http-flv': 1 } });
  expect(now(false)).toEqual({ type: 'presence', viewers: 4 });
  await comeAndGo(['A', 'B', 'C']);
  expect(now()).toMatchObject({ viewers: 4, peak: 5, unique: 6 });
});

test('who watches from one address with one program is as many different viewers as were there at once', async () => {
  await live(1);
  for (let count = 0; count < 3; count++) await play('ws-flv', 'Browser');
  stage.scheduler.advance(SECOND);
  expect(now()).toMatchObject({ viewers: 3, peak: 3, unique: 3 });
  expect(room.broadcast).toMatchObject({ peak: 3, unique: 3 });
});

test('a guest beside the owner counts as their own once they choose a name, and one who watches alone stays one', async () => {
  await live(1);
  await comeAndGo(['A', 'B', 'C']);
  enter('Browser', 'ada', 'owner');
  await play('ws-flv', 'Browser', 'ada');
  await play('ws-flv', 'Browser');
  await play('ws-flv', 'Phone');
  stage.scheduler.advance(SECOND);
  expect(now()).toMatchObject({ viewers: 3, unique: 5 });
  enter('Browser', 'ann');
  stage.scheduler.advance(2 * SECOND);
  expect(now()).toMatchObject({ viewers: 3, unique: 6 });
  enter('Phone', 'ben');
  stage.scheduler.advance(2 * SECOND);
  expect(now()).toMatchObject({ viewers: 3, unique: 6 });
});

test('who came and went between two looks is counted, too', async () => {
  await live(1);
  const viewer = await play('http-flv', 'Quick');
  viewer.leave();
  expect(now()).toMatchObject({ viewers: 0, unique: 1, peak: 1 });
});

test('who watches while nothing comes adds nothing to the watch time', async () => {
  await play('http-flv', 'A');
  stage.scheduler.advance(100 * SECOND);
  await live(10);
  expect(room.broadcast).toMatchObject({ peak: 1, unique: 1 });
  const before = room.broadcast!.watchSeconds;
  expect(Math.abs(before - 10)).toBeLessThanOrEqual(1);
  publisher.publisher.end('lost');
  stage.scheduler.advance(5 * SECOND);
  expect(room.broadcast!.watchSeconds).toBe(before);
  stage.scheduler.advance(6 * SECOND);
  expect(rows).toMatchObject([{ room: 'r_1', ended: expect.any(String), peak: 1, viewers: 1, watch_seconds: before }]);
  expect(room.broadcast).toBeUndefined();
  expect(now()).toEqual({ type: 'presence', viewers: 1, protocols: { 'http-flv': 1 } });
});

test('who is known to be gone by silence alone has watched until they were heard last', async () => {
  await live(1);
  const watched = (): number => room.broadcast!.watchSeconds;
  const before = watched();
  let heard = stage.scheduler.now();
  const viewer = await play('hls', 'A', undefined, { heard: () => heard });
  await live(4);
  heard = stage.scheduler.now();
  await live(10);
  viewer.leave();
  expect(watched() - before).toBeCloseTo(4, 0);
  expect(room.broadcast).toMatchObject({ peak: 1, protocols: { hls: { watchSeconds: watched() } } });
  // What came while nothing was on was not added, and is not taken back.
  const again = await play('hls', 'A', undefined, { heard: () => heard });
  await live(2);
  heard = stage.scheduler.now();
  await live(1);
  publisher.publisher.end('lost');
  stage.scheduler.advance(5 * SECOND);
  again.leave();
  expect(watched() - before).toBeCloseTo(6, 0);
  stage.scheduler.advance(6 * SECOND);
  expect(rows).toMatchObject([{ watch_seconds: expect.closeTo(before + 6, 0), viewers: 1 }]);
});

test('who was silent when a broadcast ended did not watch its end', async () => {
  await live(1);
  const heard = stage.scheduler.now();
  await play('hls', 'A', undefined, { heard: () => heard });
  await play('http-flv', 'B');
  await live(8);
  publisher.publisher.end('ended');
  stage.scheduler.advance(20 * SECOND);
  expect(JSON.parse(rows[0]!.protocols)).toMatchObject({ hls: { watchSeconds: 0 }, 'http-flv': { watchSeconds: 8 } });
});

test('a page behind a cache counts once it has proven to play, until it is gone', async () => {
  await live(1);
  const page = enter('Browser');
  room.say(page, beacon({ start: 500 }));
  expect(now()).toMatchObject({ viewers: 0 });
  stage.scheduler.advance(10 * SECOND);
  room.say(page, beacon());
  stage.scheduler.advance(SECOND);
  expect(now()).toMatchObject({ viewers: 1, protocols: { hls: 1 }, unique: 1, peak: 1 });
  peers.delete(page);
  stage.scheduler.advance(SECOND);
  expect(now()).toMatchObject({ viewers: 0, unique: 1 });
  expect(room.qoe().broadcast.all).toMatchObject({ viewers: 1, start: { p50: 500, p95: 500 } });
});

test('numbers are told once a second at most, and more of them to those who look after the room', async () => {
  const [viewer, owner] = [enter('A'), enter('B', 'ada', 'moderator')];
  await live(2);
  pushed = [];
  stage.scheduler.advance(2 * SECOND);
  for (let i = 0; i < 50; i++) await play('http-flv', `Player ${i}`);
  stage.scheduler.advance(SECOND);
  const told = pushed.filter(({ topic }) => topic === 'presence');
  const to = (peer: SocketPeer): unknown[] =>
    told.filter(({ to: all }) => all.includes(peer)).map(({ message }) => (message as { viewers: number }).viewers);
  expect(to(viewer)).toEqual([1, 50]);
  expect(to(owner)).toEqual([1, 50]);
  expect(told.at(-1)!.message).toMatchObject({ protocols: { 'http-flv': 50 }, peak: 50 });
});

test('points are made while something is on, and nothing is kept of a room in which nobody is', async () => {
  await live(9);
  const { length } = room.points;
  expect(length).toBeGreaterThanOrEqual(3);
  for (const { bitRate } of room.points) expect(bitRate).toBeGreaterThan(0);
  expect(room.points.at(-1)).toMatchObject({ frameRate: 25, viewers: 0, skips: 0, dropped: 0 });
  publisher.publisher.end('ended');
  stage.scheduler.advance(60 * SECOND);
  expect(room.points).toHaveLength(length);
  expect(room.look()).toBe(true);
  stage.scheduler.advance(3600 * SECOND);
  expect(room.points).toEqual([]);
  expect(room.look()).toBe(false);
});
