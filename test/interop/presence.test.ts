import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { BroadcastRecord, PresenceMessage, Qoe, SessionInfo, TimelinePoint } from '../../src/client/index.ts';
import { SECOND } from '../../src/media/time.ts';
import { Program, program } from '../programs.ts';
import { publish, send } from '../publish.ts';
import { startProcess, until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { Watcher } from '../watch.ts';

let server: TestServer;
let encoder: Program;

beforeAll(async () => {
  server = await startTestServer({ publish: 'open', grace: 0, hls: { segment: 1 } });
  encoder = await send('short-gop', `rtmp://127.0.0.1:${server.server.rtmp.port}/live/lobby`, { loop: true });
}, 60_000);
afterAll(async () => {
  await encoder.stop('SIGKILL');
  await server.close();
});

/** A player of HLS that keeps asking for the list, as all do; stopped after the test. */
class HlsPlayer {
  readonly #headers: Record<string, string>;
  readonly #timer: NodeJS.Timeout;
  #list: string | undefined;

  /** `cookie`: keeps what it is given, as browsers do. */
  constructor(agent: string, { cookie }: { cookie: boolean }) {
    this.#headers = { 'User-Agent': agent };
    this.#timer = setInterval(() => void this.#ask(cookie).catch(() => {}), 500);
    onTestFinished(() => this.stop());
    void this.#ask(cookie).catch(() => {});
  }

  /** One that keeps no cookie. */
  static open(agent: string): HlsPlayer {
    return new HlsPlayer(agent, { cookie: false });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ask(keep: boolean): Promise<void> {
    const url = this.#list ?? `${server.base}/live/lobby/index.m3u8`;
    const answer = await fetch(url, { headers: this.#headers });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    if (keep && cookie !== undefined) this.#headers['Cookie'] = cookie;
    const text = await answer.text();
    const media = text.split('\n').find((line) => /^[^#].*\.m3u8/.test(line));
    if (this.#list === undefined && media !== undefined) this.#list = new URL(media, url).href;
  }
}

/** The owner's socket, which keeps what it hears last of each kind. */
class Desk {
  readonly heard: Record<string, unknown> = {};
  readonly all: Record<string, unknown>[] = [];
  readonly #ws: WebSocket;

  constructor(headers: Record<string, string>, topics: readonly string[] = []) {
    this.#ws = new WebSocket(`${server.base.replace('http', 'ws')}/ws/lobby`, { headers });
    this.#ws.on('open', () => topics.length > 0 && this.say({ type: 'subscribe', topics }));
    this.#ws.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string };
      this.heard[message.type] = message;
      this.all.push(message as never);
    });
    onTestFinished(() => this.close());
  }

  say(message: object): void {
    this.#ws.send(JSON.stringify(message));
  }

  close(): void {
    this.#ws.terminate();
  }

  get presence(): PresenceMessage | undefined {
    return this.heard['presence'] as PresenceMessage | undefined;
  }
}

const owner = (): Record<string, string> => ({ Origin: server.base, Cookie: server.cookie });

async function get<T>(path: string): Promise<T> {
  const { text } = await server.call('GET', `/api/v1/rooms/lobby/${path}`, {
    headers: { Authorization: `Bearer ${server.bearer}` },
  });
  return JSON.parse(text) as T;
}

/** Waits until so many more seconds of the stream have come. */
async function streamed(seconds: number): Promise<void> {
  const edge = (): number => (server.server.hub.stream('live/lobby')?.edge?.media ?? 0) / SECOND;
  const end = edge() + seconds;
  await until(`${seconds} seconds have come`, () => edge() >= end);
}

function ffmpeg(url: string): Program {
  const args = ['-v', 'error', '-i', url, '-t', '60', '-c', 'copy', '-f', 'null', '-'];
  const reader = new Program(program('ffmpeg'), args, { limitMs: 60_000 });
  onTestFinished(async () => void (await reader.stop('SIGKILL')));
  return reader;
}

const nobody = (): Promise<void> => until('all are gone', () => server.server.hub.viewers('live/lobby') === 0, 30_000);

test('viewers of every protocol are counted one by one, and each once', async () => {
  const desk = new Desk(owner());
  const guest = new Desk({});
  await until('the stream is live', () => server.server.hub.stream('live/lobby')?.state === 'live', 30_000);
  const url = `${server.base}/live/lobby.flv`;
  const watchers = [new Watcher(url), new Watcher(url), new Watcher(url.replace('http', 'ws'))];
  const rtmp = ffmpeg(`rtmp://127.0.0.1:${server.server.rtmp.port}/live/lobby`);
  ffmpeg(`${server.base}/live/lobby.ts`);
  // Two browsers, one of them with two tabs; a program that keeps no cookie; and another one at the same address.
  const firefox = new HlsPlayer('Firefox', { cookie: true });
  const chrome = new HlsPlayer('Chrome', { cookie: true });
  for (const agent of ['VLC', 'AppleCoreMedia']) HlsPlayer.open(agent);
  const wanted = { 'http-flv': 2, 'ws-flv': 1, rtmp: 1, 'http-ts': 1, hls: 4 };
  await until(
    'all are counted',
    () => JSON.stringify(sorted(desk.presence?.protocols)) === JSON.stringify(sorted(wanted)),
  );
  expect(desk.presence).toMatchObject({ viewers: 9, peak: 9 });
  // Several have no name, one address and one program; as many as watch at once are different all the same.
  await until('people are counted', () => desk.presence?.unique === 9);
  expect(guest.presence).toEqual({ type: 'presence', viewers: 9 });
  expect(JSON.parse((await server.call('GET', '/api/v1/rooms/lobby')).text)).toMatchObject({ viewers: 9 });

  const { sessions } = await get<{ sessions: SessionInfo[] }>('sessions');
  expect(sessions.map(({ protocol }) => protocol).sort()).toEqual(
    ['hls', 'hls', 'hls', 'hls', 'http-flv', 'http-flv', 'http-ts', 'rtmp', 'rtmp', 'ws-flv'].sort(),
  );

  // One is killed, one leaves, one is sent away.
  await rtmp.stop('SIGKILL');
  watchers[0]!.stop();
  const away = sessions.find(({ protocol }) => protocol === 'ws-flv')!;
  const headers = { Authorization: `Bearer ${server.bearer}` };
  expect((await server.call('DELETE', `/api/v1/rooms/lobby/sessions/${away.id}`, { headers })).status).toBe(204);
  await until('three are gone', () => desk.presence?.viewers === 6);
  expect(desk.presence).toMatchObject({ protocols: { 'http-flv': 1, 'http-ts': 1, hls: 4 }, peak: 9, unique: 9 });
  firefox.stop();
  chrome.stop();
  await until('what asks no more is gone', () => desk.presence?.protocols?.['hls'] === 2, 30_000);
  expect(desk.presence).toMatchObject({ viewers: 4, peak: 9, unique: 9 });

  const { broadcasts } = await get<{ broadcasts: BroadcastRecord[] }>('broadcasts');
  expect(broadcasts[0]).toMatchObject({ peak: 9, unique: 9, protocols: { hls: { peak: 4 }, rtmp: { peak: 1 } } });
  const { watchSeconds, duration, protocols } = broadcasts[0]!;
  expect(watchSeconds).toBeGreaterThan(0);
  expect(watchSeconds).toBeLessThanOrEqual(9 * duration);
  const parts = Object.values(protocols).reduce((sum, each) => sum + each.watchSeconds, 0);
  expect(Math.abs(parts - watchSeconds)).toBeLessThanOrEqual(Object.keys(protocols).length);
});

function sorted(object: object | undefined): unknown {
  return Object.entries(object ?? {}).sort();
}

test(
  'a page that plays HLS is one with its player; paused it is none, and two tabs are two',
  { timeout: 90_000 },
  async () => {
    await nobody();
    const desk = new Desk(owner(), ['qoe', 'timeline']);
    const agent = { 'User-Agent': 'Browser' };
    const tabs = [new Desk(agent), new Desk(agent)];
    const player = new HlsPlayer('Browser', { cookie: true });
    await until('it plays', () => desk.presence?.viewers === 1);
    const says = (tab: Desk, more: object = {}): void =>
      tab.say({
        type: 'beacon',
        path: 'hls',
        state: 'playing',
        played: 5000,
        stalls: 0,
        stalled: 0,
        frames: 125,
        dropped: 1,
        latency: 3,
        ...more,
      });
    const [first, second] = tabs as [Desk, Desk];
    says(first, { start: 800 });
    says(second, { start: 1200 });
    await until('both are heard', async () => (await get<Qoe>('qoe')).minute.all.viewers === 2);
    expect(desk.presence?.viewers).toBe(1);
    await streamed(5);
    for (const tab of tabs) says(tab);
    await until('both play', () => desk.presence?.viewers === 2);
    expect(desk.presence?.protocols).toEqual({ hls: 2 });

    await streamed(1.5);
    says(second, { state: 'paused', played: 0 });
    await until('one of them is paused', () => desk.presence?.viewers === 1);
    says(first, { state: 'paused', played: 0 });
    await until('both are', () => desk.presence?.viewers === 0);
    expect(server.server.hub.viewers('live/lobby')).toBe(1);

    const { minute } = await get<Qoe>('qoe');
    expect(minute.all).toMatchObject({ viewers: 2, start: { p50: 800, p95: 1200 }, dropped: 6 });
    await until('the desk is told', () => desk.heard['qoe'] !== undefined);
    await until('points came', () => desk.all.filter(({ type }) => type === 'timeline').length >= 3);
    const read = async (): Promise<TimelinePoint[]> => (await get<{ points: TimelinePoint[] }>('timeline')).points;
    const droppedIn = (all: readonly TimelinePoint[]): number => all.reduce((sum, { dropped }) => sum + dropped, 0);
    // What was said last is in the next point.
    await until('all that was dropped is in it', async () => droppedIn(await read()) === 6);
    const told = desk.all.filter(({ type }) => type === 'timeline').map(({ point }) => point);
    const points = await read();
    expect(points).toEqual(expect.arrayContaining(told));
    const rates = server.server.hub.stream('live/lobby')!.rates;
    expect(points.at(-1)!.bitRate).toBeGreaterThan(rates.bitRate / 2);
    expect(points.at(-1)!.gop).toBeCloseTo(1, 1);

    for (const tab of tabs) tab.close();
    await until('the player counts by itself again', () => desk.presence?.viewers === 1);
    player.stop();
  },
);

test('what was watched is kept over a crash', { timeout: 90_000 }, async () => {
  const crashed = await startProcess(['--grace', '0']);
  await publish('short-gop', `${crashed.rtmp}/live/lobby`, { loop: true });
  await until('it is live', async () => {
    const room = (await (await fetch(`${crashed.http}/api/v1/rooms/lobby`)).json()) as { state: string };
    return room.state === 'live';
  });
  const watchers = [new Watcher(`${crashed.http}/live/lobby.flv`), new Watcher(`${crashed.http}/live/lobby.flv`)];
  await until('both watch', () => watchers.every(({ pictures }) => pictures.length > 25));
  // Two looks of five seconds, so that one row at least tells of both.
  await until('time has passed', () => watchers[0]!.pictures.length > 11 * 25, 30_000);
  await crashed.program.stop('SIGKILL');
  const after = await startTestServer({ data: crashed.data });
  onTestFinished(() => after.close());
  const headers = { Authorization: `Bearer ${after.bearer}` };
  const { text } = await after.call('GET', '/api/v1/rooms/lobby/broadcasts', { headers });
  const { broadcasts, total } = JSON.parse(text) as { broadcasts: BroadcastRecord[]; total: { broadcasts: number } };
  expect(broadcasts).toEqual([expect.objectContaining({ ended: expect.any(String), peak: 2, unique: 2, messages: 0 })]);
  expect(broadcasts[0]!.watchSeconds).toBeGreaterThan(5);
  expect(broadcasts[0]!.duration).toBeGreaterThanOrEqual(5);
  expect(total.broadcasts).toBe(1);
});
