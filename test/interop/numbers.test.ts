import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { BroadcastRecord, Qoe, SessionInfo } from '../../src/client/index.ts';
import { Program, program, testWith } from '../programs.ts';
import { publish } from '../publish.ts';
import { RoomViewer } from '../room-viewer.ts';
import { until } from '../servers.ts';
import { startTestServer } from '../test-server.ts';
import { Watcher } from '../watch.ts';

/** How far a number may be from what was counted on the line: what is on its way, and heads of HTTP. */
const CLOSE = 0.03;

/** Stands between one peer and the server, and counts what goes by. */
class CountedLine {
  port = 0;
  /** Bytes from the server, and to it. */
  down = 0;
  up = 0;
  /** When the first bytes of the server came, and when the line was cut. Monotonic ms. */
  first: number | undefined;
  cut: () => void = () => {};

  static async to(port: number): Promise<CountedLine> {
    const line = new CountedLine();
    const sockets = new Set<{ destroy(): void }>();
    const server = createServer((peer) => {
      const inner = connect(port, '127.0.0.1');
      for (const socket of [peer, inner]) sockets.add(socket.on('error', () => {}));
      peer.on('data', (bytes: Buffer) => (line.up += bytes.length));
      inner.on('data', (bytes: Buffer) => {
        line.down += bytes.length;
        line.first ??= performance.now();
      });
      peer.pipe(inner).pipe(peer);
    });
    line.cut = () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    onTestFinished(() => line.cut());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    line.port = (server.address() as { port: number }).port;
    return line;
  }
}

/** Reads a live list of HLS and each segment in it once, as players do, until the test ends. */
function playHls(base: string): void {
  const seen = new Set<string>();
  let list = `${base}/live/lobby/index.m3u8`;
  let cookie = '';
  const ask = async (url: string): Promise<string> => {
    const answer = await fetch(url, { headers: { Cookie: cookie, 'User-Agent': 'a player of HLS' } });
    cookie ||= answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    return answer.text();
  };
  const turn = async (): Promise<void> => {
    for (const line of (await ask(list)).split('\n')) {
      const uri = /URI="([^"]+\.(?:m4s|mp4))"/.exec(line)?.[1] ?? (/^[^#]/.test(line) ? line : undefined);
      if (uri === undefined || line.startsWith('#EXT-X-PRELOAD') || line.startsWith('#EXT-X-PART')) continue;
      const url = new URL(uri, list).href;
      if (url.includes('.m3u8')) return void (list = url);
      if (!seen.has(url)) await ask(seen.add(url) && url);
    }
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void turn()
      .catch(() => {})
      .finally(() => (busy = false));
  }, 200);
  onTestFinished(() => clearInterval(timer));
}

testWith(['ffmpeg'], 'every number that an owner sees is what went over the line', { timeout: 90_000 }, async () => {
  const server = await startTestServer({ publish: 'open', grace: 0, hls: { segment: 1 } });
  onTestFinished(() => server.close());
  const [http, rtmp] = [server.port, server.server.rtmp.port];
  const lineOf = async (port: number): Promise<CountedLine> => CountedLine.to(port);
  const uplink = await lineOf(rtmp);
  const lines = {
    'http-flv': await lineOf(http),
    'ws-flv': await lineOf(http),
    ws: await lineOf(http),
    rtmp: await lineOf(rtmp),
    hls: await lineOf(http),
  };
  const get = async <T>(path: string): Promise<T> => {
    const headers = { Authorization: `Bearer ${server.bearer}` };
    return JSON.parse((await server.call('GET', `/api/v1/${path}`, { headers })).text) as T;
  };
  const encoder = await publish('short-gop', `rtmp://127.0.0.1:${uplink.port}/live/lobby`, { loop: true });
  const { hub } = server.server;
  await until('it is live', () => hub.stream('live/lobby')?.state === 'live', 30_000);

  const watcher = new Watcher(`http://127.0.0.1:${lines['http-flv'].port}/live/lobby.flv`);
  const socket = new Watcher(`ws://127.0.0.1:${lines['ws-flv'].port}/live/lobby.flv`);
  const room = await RoomViewer.enter(lines.ws.port);
  await room.ask('media', { format: 'flv' });
  const url = `rtmp://127.0.0.1:${lines.rtmp.port}/live/lobby`;
  const player = new Program(program('ffmpeg'), ['-v', 'error', '-i', url, '-c', 'copy', '-f', 'null', '-'], {
    limitMs: 60_000,
  });
  onTestFinished(async () => void (await player.stop('SIGKILL')));
  playHls(`http://127.0.0.1:${lines.hls.port}`);
  await until('ten seconds were seen', () => watcher.pictures.length >= 275 && lines.hls.down > 500_000, 40_000);

  // Who watches, by what, and what each was sent.
  const presence = await get<{ viewers: number }>('rooms/lobby');
  expect(presence.viewers).toBe(5);
  const before = Object.fromEntries(Object.entries(lines).map(([name, { down }]) => [name, down]));
  const sent = uplink.up;
  const { sessions } = await get<{ sessions: SessionInfo[] }>('sessions');
  const after = Object.fromEntries(Object.entries(lines).map(([name, { down }]) => [name, down]));
  expect(
    sessions
      .filter(({ action }) => action === 'play')
      .map(({ protocol }) => protocol)
      .sort(),
  ).toEqual(Object.keys(lines).sort());
  for (const { protocol, action, bytesIn, bytesOut } of sessions) {
    const [least, most, told] =
      action === 'publish' ? [sent, uplink.up, bytesIn] : [before[protocol]!, after[protocol]!, bytesOut];
    expect(told, `bytes of ${protocol}`).toBeGreaterThan(least * (1 - CLOSE));
    expect(told, `bytes of ${protocol}`).toBeLessThan(most * (1 + CLOSE) + 65_536);
  }

  // What the stream is: counted from the tags that a viewer got, over the last five whole seconds of it.
  type Rates = { bitRate: number; frameRate: number; gop: number };
  const { rates } = await get<{ rates: Rates }>('streams/live/lobby');
  const end = watcher.pictures.at(-1)!.timestamp;
  const last = watcher.flv.tags.filter(
    ({ timestamp, config, kind }) => timestamp > end - 5000 && !config && kind !== 'data',
  );
  const pictures = last.filter(({ kind }) => kind === 'video');
  expect(rates.frameRate).toBeCloseTo(pictures.length / 5, 0);
  const keys = pictures.filter(({ key }) => key).map(({ timestamp }) => timestamp);
  expect(rates.gop).toBeCloseTo((keys.at(-1)! - keys[0]!) / 1000 / (keys.length - 1), 1);
  const bitRate = (pictures.reduce((sum, { size }) => sum + size, 0) * 8) / 5;
  expect(Math.abs(rates.bitRate / bitRate - 1), `${rates.bitRate} of ${bitRate}`).toBeLessThan(0.15);

  // How well it plays is what players say, no more and no less.
  const beacon = { path: 'ws-flv', state: 'playing', played: 5000, stalls: 2, stalled: 700, frames: 125, dropped: 3 };
  expect(await room.ask('beacon', { ...beacon, start: 640, latency: 1.2 })).toMatchObject({ type: 'ok' });
  const { minute } = await get<Qoe>('rooms/lobby/qoe');
  expect(minute.all).toMatchObject({ viewers: 1, start: { p50: 640, p95: 640 }, dropped: 3 });

  // How long it was watched: each from its first bytes to the end of the stream.
  await encoder.stop('SIGINT');
  await until('it has ended', () => hub.stream('live/lobby')?.state !== 'live');
  const over = performance.now();
  await until('it is kept', async () => (await get<Log>('rooms/lobby/broadcasts')).broadcasts[0]?.ended !== undefined);
  const [broadcast] = (await get<Log>('rooms/lobby/broadcasts')).broadcasts;
  const watched = Object.values(lines).map(({ first }) => (over - first!) / 1000);
  const sum = watched.reduce((total, seconds) => total + seconds, 0);
  expect(broadcast).toMatchObject({ peak: 5 });
  expect(Object.keys(broadcast!.protocols).sort()).toEqual(Object.keys(lines).sort());
  expect(Math.abs(broadcast!.watchSeconds - sum), `${broadcast!.watchSeconds} of ${sum}`).toBeLessThan(watched.length);
  for (const watching of [watcher, socket]) expect(watching.flv.fault).toBeUndefined();
});

interface Log {
  broadcasts: BroadcastRecord[];
}
