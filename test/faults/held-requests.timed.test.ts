import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { HlsClient } from '../hls/hls-client.ts';
import type { MultivariantPlaylist, Playlist } from '../hls/playlist.ts';
import { readPlaylist } from '../hls/playlist-reader.ts';
import { edgeOf } from '../hls/window.ts';
import { testWith } from '../programs.ts';
import { publish } from '../publish.ts';
import { until } from '../servers.ts';
import { report, sized } from './report.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Players that wait at once. */
const HELD = sized(500, 10_000);
/** Seconds that one waits at most for the next segment but one: enough for all of them to ask. */
const SEGMENT = sized(2, 8);
/** So many connect at once, fewer than the system queues. */
const AT_ONCE = 100;
/** Bytes that one may take beside its connection. */
const MEMORY = 8192;
/** ms in which all are answered once their part is there, beside what the process itself stands still for. */
const ANSWERED = 50;
/** ms in which nothing is left of those who went. */
const RELEASED = 1000;

/** A connection with an answer of its own, which the same player uses for its next request. */
class Waiter {
  /** When the newest answer came, ms; undefined while it is held. */
  at: number | undefined;
  status = 0;
  readonly socket: Socket;
  readonly #port: number;
  /** Who has no cookie is known by address and program. */
  readonly #agent = randomBytes(8).toString('hex');

  constructor(port: number) {
    this.#port = port;
    this.socket = connect({ port, host: '127.0.0.1' });
    onTestFinished(() => void this.socket.destroy());
    this.socket.on('error', () => {});
    this.socket.on('data', (bytes: Buffer) => {
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(bytes.subarray(0, 20).toString('latin1')) ?? [];
      if (status === undefined) return;
      this.status = Number(status);
      this.at = performance.now();
    });
  }

  ask(path: string): void {
    this.at = undefined;
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\nUser-Agent: ${this.#agent}\r\n\r\n`);
  }
}

testWith(
  ['ffmpeg'],
  `L-02 ${HELD} requests that wait take little, are answered together, and are gone when they go`,
  {
    timeout: 180_000,
  },
  async () => {
    const server = await WatchedServer.start(['--hls-segment', String(SEGMENT)]);
    await publish('plain', `${server.rtmp}/live/lobby`, { loop: true, limitMs: 180_000 });
    const client = new HlsClient();
    onTestFinished(() => client.close());
    const read = async (url: string, kind: 'multivariant' | 'media'): Promise<Playlist | undefined> => {
      const { status, bytes } = await client.get(url, kind);
      return status === 200 ? readPlaylist(bytes) : undefined;
    };
    const entry = `${server.http}/live/lobby/index.m3u8`;
    let multivariant: Playlist | undefined;
    await until('it is live', async () => (multivariant = await read(entry, 'multivariant')), 20_000);
    const list = new URL((multivariant as MultivariantPlaylist).variants[0]!.uri, entry);
    const free = server.descriptors;

    const waiters: Waiter[] = [];
    while (waiters.length < HELD) {
      const some = Array.from({ length: AT_ONCE }, () => new Waiter(server.httpPort));
      waiters.push(...some);
      for (const waiter of some) waiter.ask('/healthz');
      await until('they are connected', () => some.every(({ at }) => at !== undefined), 20_000);
    }
    const idle = await server.health();

    const answered = (): number => waiters.filter(({ at }) => at !== undefined).length;
    // With its second request for a list somebody is a session.
    for (const waiter of waiters) waiter.ask(list.pathname);
    await until('all have the list', () => answered() === HELD, 20_000);
    const playlist = await read(list.href, 'media');
    if (playlist?.kind !== 'media') throw new Error('There is no media playlist.');
    // As far ahead as may be waited for, so that all of them can be held at once.
    const ahead = `${list.pathname}?_HLS_msn=${edgeOf(playlist).sequence + 1}&_HLS_part=0`;
    for (const waiter of waiters) waiter.ask(ahead);
    await until('they are there', async () => (await server.counts()).sessions.play >= HELD, 20_000);
    expect(answered(), 'all of them wait').toBe(0);
    const held = await server.health();
    const bytes = Math.round((held.heap + held.external - idle.heap - idle.external) / HELD);
    await until('all are answered', () => answered() === HELD, 30_000);
    expect(new Set(waiters.map(({ status }) => status))).toEqual(new Set([200]));
    const times = waiters.map(({ at }) => at!).toSorted((a, b) => a - b);
    const spread = Math.round(times.at(-1)! - times[0]!);
    const stood = Math.round((await server.health()).loopDelayMs);

    const next = await read(list.href, 'media');
    if (next?.kind !== 'media') throw new Error('There is no media playlist.');
    for (const waiter of waiters) waiter.ask(`${list.pathname}?_HLS_msn=${edgeOf(next).sequence + 1}&_HLS_part=0`);
    const seen = (await server.health()).sessions.play;
    expect(seen).toBeGreaterThanOrEqual(HELD);
    for (const { socket } of waiters) socket.destroy();
    const gone = performance.now();
    await until('their connections are closed', () => server.descriptors <= free + 2, 10_000);
    const released = Math.round(performance.now() - gone);
    report(
      'L-02',
      `${HELD} held: ${bytes} bytes each, answered in ${spread} ms (stood still for ${stood} ms), gone in ${released} ms`,
    );
    expect(bytes).toBeLessThanOrEqual(MEMORY);
    expect(spread).toBeLessThanOrEqual(ANSWERED + stood);
    expect(released).toBeLessThanOrEqual(RELEASED);
    await expectNoFault(server);
  },
);
