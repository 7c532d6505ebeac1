import { describe, expect } from 'vitest';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import { publisher } from '../conformance/rtmp/client.ts';
import { Random } from '../fuzz/random.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Control, expectUnharmed } from './control.ts';
import { report, sized } from './report.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';
import { type PlayProtocol, playProtocols } from './stalled-viewer.ts';
import { Stopwatch } from './stopwatch.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Broadcasts, 200 a minute, and viewers at any time. */
const BROADCASTS = sized(25, 2000);
const EVERY = 300;
const VIEWERS = sized(20, 50);
const PICTURES = 2000;
/** ms for all of it. */
const LIMIT = BROADCASTS * EVERY + 60_000;

describe('R-11 a storm of starts and stops', () => {
  const name = 'R-11 leaves nothing behind, and who comes next plays at once';
  testWith(['ffmpeg'], name, { timeout: LIMIT }, async () => {
    const server = await WatchedServer.start([], { limitMs: LIMIT });
    const control = await Control.beside(server, { limitMs: LIMIT });
    const random = new Random(11);
    const watch = (protocol: PlayProtocol): Watcher | RtmpWatcher =>
      protocol === 'rtmp'
        ? new RtmpWatcher(`${server.rtmp}/live/storm`)
        : new Watcher(`${protocol === 'ws-flv' ? server.ws : server.http}/live/storm.flv`);
    const before = await server.health();
    const viewers = Array.from({ length: VIEWERS }, () => watch(random.pick(playProtocols)));
    const gone: (Watcher | RtmpWatcher)[] = [];
    let refused = 0;
    for (let broadcast = 0; broadcast < BROADCASTS; broadcast++) {
      const begun = performance.now();
      const sender = await publisher(`${server.rtmp}/live/storm`).catch(() => void refused++);
      sender?.announce(sample.video);
      sender?.announce(sample.audio);
      let ms = 0;
      const length = random.below(EVERY);
      await until('this broadcast is over', () => {
        sender?.write(frameOf(sample.video, { ms, key: ms % 200 === 0 }));
        sender?.write(frameOf(sample.audio, { ms: (ms += 20) }));
        const index = random.below(VIEWERS);
        if (random.below(2) === 0) {
          viewers[index]!.stop();
          gone.push(viewers[index]!);
          viewers[index] = watch(random.pick(playProtocols));
        }
        return performance.now() - begun >= length;
      });
      if (random.below(2) === 0) void sender?.leave();
      else sender?.destroy();
      await until('the next one is due', () => performance.now() - begun >= EVERY);
    }
    for (const viewer of viewers) viewer.stop();
    expectServed([...gone, ...viewers]);

    const late = watch('http-flv');
    const stopwatch = new Stopwatch(server.process.pid);
    const last = await publisher(`${server.rtmp}/live/storm`);
    last.announce(sample.video);
    last.announce(sample.audio);
    let ms = 0;
    await until('the next viewer plays', () => {
      last.write(frameOf(sample.video, { ms: (ms += 20), key: true }));
      last.write(frameOf(sample.audio, { ms }));
      return late.pictures.length > 0;
    });
    const waited = stopwatch.ms;
    expect(waited).toBeLessThan(PICTURES);
    late.stop();
    await last.leave();
    const back = async (): Promise<boolean> => {
      const { sessions } = await server.counts();
      return server.descriptors <= before.descriptors + 2 && sessions.play === before.sessions.play;
    };
    await until('sessions and descriptors are as before', back, 30_000);
    const after = await server.health();
    expect(after.sessions).toEqual(before.sessions);
    expect(after.streams).toBe(before.streams);
    expect(refused).toBe(0);
    const gap = expectUnharmed(control);
    report('R-11', `${BROADCASTS} broadcasts, the next viewer waited ${waited} ms, longest gap beside ${gap} ms`);
    await expectNoFault(server);
  });
});

/** While it lasted, each protocol had viewers that saw something, and all of those began with a key frame. */
function expectServed(viewers: readonly (Watcher | RtmpWatcher)[]): void {
  const seen = viewers.map(({ pictures }) => pictures).filter(({ length }) => length > 0);
  expect(seen.flat().length, 'pictures that were seen').toBeGreaterThan(10 * BROADCASTS);
  expect(seen.length, 'viewers that saw something').toBeGreaterThan(BROADCASTS);
  expect(seen.filter(([first]) => !first!.key)).toEqual([]);
  for (const kind of [Watcher, RtmpWatcher]) {
    const some = viewers.filter((viewer) => viewer instanceof kind && viewer.pictures.length > 0);
    expect(some.length, `of them by ${kind.name}`).toBeGreaterThan(BROADCASTS / 4);
  }
}
