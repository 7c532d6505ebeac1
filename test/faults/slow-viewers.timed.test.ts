import { describe, expect } from 'vitest';
import type { SessionRecord } from '../../src/live/session.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { BodyWatcher } from './body-watcher.ts';
import { Control, expectUnharmed, stepsOf, type Viewer } from './control.ts';
import { NarrowLine } from './narrow-line.ts';
import { report, sized } from './report.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';
import { listedSegments, StalledDownload } from './stalled-download.ts';
import { endlessProtocols, StalledViewer } from './stalled-viewer.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Viewers of each protocol that never read. */
const STALLED = sized(12, 29);
/** Viewers of each protocol that read slowly. */
const SLOW_ONES = sized(1, 4);
/** What the process may hold for one of them: the system's own buffers of 4 MB are not in it. Bytes */
const MEMORY = 2 ** 20;
/** A viewer that takes nothing is closed after 10 s, and by this time in any case. ms */
const CLOSED = { from: 9500, to: 15_000 };
/**
 * Bytes a second of a stream of 12 Mbit/s. A process learns that its socket takes bytes again only when a third of the
 * system's buffer is empty, so on loopback a viewer that is ten times slower cannot be told from one that stands still.
 */
const SLOW = 400_000;
/** The same over HTTP/2, where a process knows what was read: 64 kbit/s, or fast enough for a short test. */
const SIPPED = sized(64_000, 8000);
/** Bytes under way to those: more of them take such a line so long that it cannot be told from one that stands still. */
const UNDER_WAY = 16 * 1024;
/** Sound and picture are together. ms */
const SYNC = 80;
const PATH = 'live/big';

interface Timed {
  timestamp: number;
}

/** Between these two moments something happened: looking takes time. ms */
interface Span {
  from: number;
  to: number;
}

/** Every viewer of a server, with its bytes and when it was last sent some. */
class Ledger {
  readonly #sent = new Map<string, { bytes: number; last: Span }>();
  #asked = performance.now();
  /** For how long each of those that are gone was idle before: at least, and at most. ms */
  readonly closedAfter: Span[] = [];
  skips = 0;

  async look(server: WatchedServer, known: ReadonlySet<string>): Promise<number> {
    const asked = performance.now();
    const sessions = await server.sessions();
    // What it shows happened after the last time that it was asked for.
    const seen = { from: this.#asked, to: performance.now() };
    this.#asked = asked;
    const ids = new Set(sessions.map(({ id }) => id));
    for (const [id, { last }] of this.#sent) {
      if (ids.has(id)) continue;
      this.closedAfter.push({ from: Math.round(seen.from - last.to), to: Math.round(seen.to - last.from) });
      this.#sent.delete(id);
    }
    for (const { id, bytesOut, skips, action, path, protocol } of sessions) {
      // A player of HLS is gone when it asks no more; what it does not read is looked at by itself.
      if (known.has(id) || action !== 'play' || path !== PATH || protocol === 'hls') continue;
      this.skips = Math.max(this.skips, skips);
      // A close frame or a ping that nobody can read is no progress.
      if (bytesOut - (this.#sent.get(id)?.bytes ?? -Infinity) > 100)
        this.#sent.set(id, { bytes: bytesOut, last: seen });
    }
    return this.#sent.size;
  }
}

describe('R-13 viewers that are too slow', () => {
  const name = 'R-13 never-reading ones are closed in time, slow ones skip, healthy ones see no gap';
  testWith(['ffmpeg'], name, { timeout: 120_000 }, async () => {
    const server = await WatchedServer.startSecure();
    const also = ['http-ts', 'http-mp4', 'ws-mp4', 'hls', 'h2-mp4'] as const;
    const control = await Control.beside(server, { path: PATH, film: '12-mbit', also });
    const secure = `https://127.0.0.1:${server.secure.https}`;
    const healthy = new Set((await server.sessions()).map(({ id }) => id));
    const lines = {
      http: await NarrowLine.to(server.httpPort, SLOW),
      rtmp: await NarrowLine.to(server.rtmpPort, SLOW),
    };
    const slow = Array.from({ length: SLOW_ONES }, (): [string, Viewer][] => [
      ['http-flv', new Watcher(`http://127.0.0.1:${lines.http.port}/${PATH}.flv`)],
      ['ws-flv', new Watcher(`ws://127.0.0.1:${lines.http.port}/${PATH}.flv`)],
      ['rtmp', new RtmpWatcher(`rtmp://127.0.0.1:${lines.rtmp.port}/${PATH}`)],
      ['http-ts', new BodyWatcher(`http://127.0.0.1:${lines.http.port}/${PATH}.ts`)],
      ['http-mp4', new BodyWatcher(`http://127.0.0.1:${lines.http.port}/${PATH}.mp4`)],
      ['ws-mp4', new BodyWatcher(`ws://127.0.0.1:${lines.http.port}/${PATH}.mp4`)],
      ['h2-ts', new BodyWatcher(`${secure}/${PATH}.ts`, { rate: SIPPED, window: UNDER_WAY })],
      ['h2-mp4', new BodyWatcher(`${secure}/${PATH}.mp4`, { rate: SIPPED, window: UNDER_WAY })],
    ]).flat();
    await until(
      'the slow viewers are there',
      async () => (await server.sessions()).length === healthy.size + slow.length,
    );
    const before = await server.health();
    const known = new Set((await server.sessions()).map(({ id }) => id));
    const came = (await server.sessions()).filter(({ id }) => !healthy.has(id));
    const segments = (await listedSegments(`${server.http}/${PATH}/index.m3u8`)).slice(-2);
    const overTls: BodyWatcher[] = [];
    const ledger = new Ledger();
    // Who does not read is not a crowd that comes in one moment.
    for (let there = 1; there <= STALLED; there++) {
      for (const protocol of endlessProtocols) void new StalledViewer(server, protocol, PATH);
      overTls.push(new BodyWatcher(`${secure}/${PATH}.mp4`, { rate: 0 }));
      const count = there * (endlessProtocols.length + 1);
      await until('all of them play', async () => (await ledger.look(server, known)) === count);
    }
    const downloads = Array.from({ length: STALLED }, () => [
      new StalledDownload(segments),
      new StalledDownload(segments.map((url) => url.replace(server.http, secure))),
    ]).flat();
    const count = STALLED * (endlessProtocols.length + 1);
    let peak = 0;
    await until(
      'all of them are closed',
      async () => {
        peak = Math.max(peak, await server.process.memory());
        return (await ledger.look(server, known)) === 0;
      },
      60_000,
    );
    const slowOnes = async (): Promise<SessionRecord[]> =>
      (await server.sessions()).filter(({ id }) => known.has(id) && !healthy.has(id));
    const skipped = async (): Promise<boolean> => (await slowOnes()).every(({ skips }) => skips > 0);
    await until('every slow viewer was moved ahead', skipped, sized(30_000, 90_000));
    const protocols = (all: readonly SessionRecord[]): string[] => all.map(({ protocol }) => protocol).toSorted();
    expect(protocols(await slowOnes()), 'slow viewers that are still there').toEqual(protocols(came));
    const first = Math.min(...ledger.closedAfter.map(({ to }) => to));
    const last = Math.max(...ledger.closedAfter.map(({ from }) => from));
    expect(ledger.closedAfter).toHaveLength(count);
    expect(first).toBeGreaterThan(CLOSED.from);
    expect(last).toBeLessThan(CLOSED.to);
    await until('every download is cut', () => downloads.every(({ closedAfter }) => closedAfter !== undefined));
    const cut = downloads.map(({ closedAfter }) => closedAfter!);
    expect(Math.min(...cut), 'ms until a download is cut').toBeGreaterThan(CLOSED.from);
    expect(Math.max(...cut), 'ms until a download is cut').toBeLessThan(CLOSED.to);
    const each = (peak - before.rss) / (count + downloads.length);
    expect(each, 'bytes of memory for each of them').toBeLessThan(MEMORY);

    lines.http.rate = lines.rtmp.rate = Infinity;
    for (const [protocol, viewer] of slow) {
      if (viewer instanceof BodyWatcher) viewer.rate = Infinity;
      await until(`${protocol} is live again`, () =>
        stepsOf(viewer.pictures)
          .slice(0, -25)
          .some((step) => step > 500),
      );
      await until(`${protocol} has read what was waiting`, () => viewer.silence > 10 && viewer.silence < 200);
      expect(viewer.ended).toBeUndefined();
      expectCleanSkips(viewer);
    }
    const moved = (await server.sessions()).filter(({ id, skips }) => healthy.has(id) && skips > 0);
    expect(moved, 'healthy viewers that were moved ahead').toEqual([]);
    const gap = expectUnharmed(control);
    // A connection of HTTP/2 outlives what was asked over it.
    for (const viewer of overTls) viewer.stop();
    control.hls!.stop();
    await until('descriptors are given back', () => server.descriptors <= before.descriptors + 2);
    const memory = `${Math.round(each / 1024)} KiB each`;
    const closed = `${first} to ${last} ms, downloads ${Math.min(...cut)} to ${Math.max(...cut)} ms`;
    report('R-13', `${count} stalled viewers closed after ${closed}, ${memory}, longest gap ${gap} ms`);
    await expectNoFault(server);
  });
});

/** Where pictures are missing, it goes on with a key frame, and sound goes with it. */
function expectCleanSkips(viewer: Viewer): void {
  if (!(viewer instanceof RtmpWatcher))
    expect(viewer instanceof Watcher ? viewer.flv.fault : viewer.fault).toBeUndefined();
  const { pictures } = viewer;
  const sounds: Timed[] = viewer instanceof Watcher ? viewer.flv.media('audio') : viewer.sounds;
  const steps = stepsOf(pictures);
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  for (const [index, step] of steps.entries()) {
    if (step < 100) continue;
    const next = pictures[index + 1]!;
    expect(next.key, 'a skip ends at a key frame').toBe(true);
    const sound = sounds.find(({ timestamp }) => timestamp > pictures[index]!.timestamp + SYNC);
    if (!sound && index > steps.length - 25) continue; // it is still on its way
    expect(Math.abs(sound!.timestamp - next.timestamp), 'ms between sound and picture').toBeLessThanOrEqual(SYNC);
  }
}
