import { describe, expect } from 'vitest';
import type { SessionRecord } from '../../src/live/session.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Control, expectUnharmed, stepsOf } from './control.ts';
import { NarrowLine } from './narrow-line.ts';
import { report, sized } from './report.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';
import { playProtocols, StalledViewer } from './stalled-viewer.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Viewers of each protocol that never read. */
const STALLED = sized(25, 67);
/** Viewers of each protocol that read slowly. */
const SLOW_ONES = sized(1, 10);
/** What the process may hold for one of them: the system's own buffers of 4 MB are not in it. Bytes */
const MEMORY = 2 ** 20;
/** A viewer that takes nothing is closed after 10 s, and by this time in any case. ms */
const CLOSED = { from: 9500, to: 15_000 };
/**
 * Bytes a second of a stream of 12 Mbit/s. A process learns that its socket takes bytes again only when a third of the
 * system's buffer is empty, so on loopback a viewer that is ten times slower cannot be told from one that stands still.
 */
const SLOW = 400_000;
/** Sound and picture are together. ms */
const SYNC = 80;
const PATH = 'live/big';

interface Timed {
  timestamp: number;
}

/** Every viewer of a server by protocol, with the time in ms since it was last sent something. */
class Ledger {
  readonly #sent = new Map<string, { bytes: number; at: number }>();
  /** ms that each of those that are gone was idle before. */
  readonly closedAfter: number[] = [];
  skips = 0;

  async look(server: WatchedServer, known: ReadonlySet<string>): Promise<number> {
    const sessions = await server.sessions();
    const now = performance.now();
    const ids = new Set(sessions.map(({ id }) => id));
    for (const [id, { at }] of this.#sent) {
      if (ids.has(id)) continue;
      this.closedAfter.push(Math.round(now - at));
      this.#sent.delete(id);
    }
    for (const { id, bytesOut, skips, action, path } of sessions) {
      if (known.has(id) || action !== 'play' || path !== PATH) continue;
      this.skips = Math.max(this.skips, skips);
      // A close frame or a ping that nobody can read is no progress.
      if (bytesOut - (this.#sent.get(id)?.bytes ?? -Infinity) > 100) this.#sent.set(id, { bytes: bytesOut, at: now });
    }
    return this.#sent.size;
  }
}

describe('R-13 viewers that are too slow', () => {
  const name = 'R-13 never-reading ones are closed in time, slow ones skip, healthy ones see no gap';
  testWith(['ffmpeg'], name, { timeout: 120_000 }, async () => {
    const server = await WatchedServer.start();
    const control = await Control.beside(server, { path: PATH, film: '12-mbit' });
    const healthy = new Set((await server.sessions()).map(({ id }) => id));
    const lines = {
      http: await NarrowLine.to(server.httpPort, SLOW),
      rtmp: await NarrowLine.to(server.rtmpPort, SLOW),
    };
    const slow = Array.from({ length: SLOW_ONES }, () => [
      new Watcher(`http://127.0.0.1:${lines.http.port}/${PATH}.flv`),
      new Watcher(`ws://127.0.0.1:${lines.http.port}/${PATH}.flv`),
      new RtmpWatcher(`rtmp://127.0.0.1:${lines.rtmp.port}/${PATH}`),
    ]).flat();
    await until(
      'the slow viewers are there',
      async () => (await server.sessions()).length === healthy.size + slow.length,
    );
    const before = await server.health();
    const known = new Set((await server.sessions()).map(({ id }) => id));
    for (const protocol of playProtocols) {
      for (let i = 0; i < STALLED; i++) void new StalledViewer(server, protocol, PATH);
    }
    const ledger = new Ledger();
    const count = STALLED * playProtocols.length;
    await until('all of them play', async () => (await ledger.look(server, known)) === count);
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
    await until('every slow viewer was moved ahead', skipped, 30_000);
    expect(await slowOnes(), 'slow viewers that are still there').toHaveLength(slow.length);
    const [first, last] = [Math.min(...ledger.closedAfter), Math.max(...ledger.closedAfter)];
    expect(ledger.closedAfter).toHaveLength(count);
    expect(first).toBeGreaterThan(CLOSED.from);
    expect(last).toBeLessThan(CLOSED.to);
    const each = (peak - before.rss) / count;
    expect(each, 'bytes of memory for each of them').toBeLessThan(MEMORY);

    lines.http.rate = lines.rtmp.rate = Infinity;
    for (const [index, viewer] of slow.entries()) {
      const protocol = playProtocols[index % playProtocols.length]!;
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
    const after = await server.health();
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 2);
    const memory = `${Math.round(each / 1024)} KiB each`;
    report('R-13', `${count} stalled viewers closed after ${first} to ${last} ms, ${memory}, longest gap ${gap} ms`);
    await expectNoFault(server);
  });
});

/** Where pictures are missing, it goes on with a key frame, and sound goes with it. */
function expectCleanSkips(viewer: Watcher | RtmpWatcher): void {
  if (viewer instanceof Watcher) expect(viewer.flv.fault).toBeUndefined();
  const { pictures } = viewer;
  const sounds: Timed[] =
    viewer instanceof Watcher ? viewer.flv.media('audio') : viewer.frames.filter(({ kind }) => kind === 'audio');
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
