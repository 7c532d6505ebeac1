import { describe, expect, onTestFinished } from 'vitest';
import { clip } from '../clips.ts';
import { Random } from '../fuzz/random.ts';
import { Program, program, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Control, expectUnharmed } from './control.ts';
import { CorruptPublisher, flippingLine } from './corrupt-publisher.ts';
import { filmTags } from './film-tags.ts';
import { report, sized } from './report.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';
import { expectNoFault, WatchedServer } from './watched-server.ts';

/** Healthy streams beside, and how long the victims are looked at. */
const HEALTHY = sized(3, 20);
const SECONDS = sized(10, 60);
const SEED = 12;
/** What is said of a stream once a second may be so near to each other. ms */
const SAID_EVERY = 900;

/** An encoder that is started anew whenever it is cut. */
function persistent(args: string[]): { starts: number } {
  const state = { starts: 0 };
  let stopped = false;
  let current: Program | undefined;
  const again = (): void => {
    if (stopped) return;
    state.starts++;
    current = new Program(program('ffmpeg'), args, { limitMs: 180_000 });
    void current.done.then(again);
  };
  again();
  onTestFinished(async () => {
    stopped = true;
    await current?.stop('SIGKILL');
  });
  return state;
}

/** What is wrong with a stream is said once a second at most in the same words, however often it happens. */
function expectQuietLog({ process: { program } }: WatchedServer): void {
  const said = new Map<string, number>();
  let lines = 0;
  for (const line of program.stderr.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { time, path, code, msg } = JSON.parse(line) as Record<string, string>;
    if (path === undefined || code === undefined) continue;
    const [what, at] = [`${path} ${code} ${msg}`, Date.parse(time!)];
    expect(at - (said.get(what) ?? 0), `ms since “${what}” was said before`).toBeGreaterThan(SAID_EVERY);
    said.set(what, at);
    lines++;
  }
  expect(lines, 'lines that say what is wrong').toBeGreaterThan(0);
}

describe('R-12 corrupting publishers', () => {
  const name = 'R-12 cost healthy streams nothing, and what their own viewers get is well formed';
  testWith(['ffmpeg'], name, { timeout: (SECONDS + 60) * 1000 }, async () => {
    const server = await WatchedServer.start();
    const film = await clip('plain');
    const controls = await Promise.all(
      Array.from({ length: HEALTHY }, (_, index) => Control.beside(server, { path: `live/healthy-${index}` })),
    );

    const send = ['-v', 'error', '-re', '-stream_loop', '-1', '-i', film, '-c', 'copy'];
    const line = await flippingLine(server.rtmpPort, new Random(SEED));
    const flipped = persistent([...send, '-f', 'flv', `rtmp://127.0.0.1:${line}/live/flipped`]);
    const noise = ['-bsf:v', 'noise=amount=20', '-bsf:a', 'noise=amount=5'];
    const noisy = persistent([...send, ...noise, '-f', 'flv', `${server.rtmp}/live/noisy`]);
    const spoilt = new CorruptPublisher(server.rtmpPort, 'spoilt', {
      tags: await filmTags('plain'),
      foreign: await filmTags('3-mbit'),
      random: new Random(SEED),
    });
    onTestFinished(() => spoilt.stop());
    const victims = ['flipped', 'noisy', 'spoilt'].flatMap((name) => [
      new Watcher(`${server.http}/live/${name}.flv`),
      new Watcher(`${server.ws}/live/${name}.flv`),
      new RtmpWatcher(`${server.rtmp}/live/${name}`),
    ]);
    const begun = performance.now();
    await until('the time is over', () => performance.now() - begun > SECONDS * 1000, SECONDS * 1000 + 5000);

    const gaps = controls.map(expectUnharmed);
    for (const viewer of victims) {
      if (viewer instanceof Watcher) expect(viewer.flv.fault).toBeUndefined();
      const times = viewer.pictures.map(({ timestamp }) => timestamp);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    expectQuietLog(server);
    const alive = victims.filter(({ pictures }) => pictures.length > 20).length;
    expect(alive, 'viewers of victims that got pictures').toBeGreaterThan(6);
    expect(Object.keys(spoilt.spoilt)).toHaveLength(7);
    const starts = `${flipped.starts}, ${noisy.starts} and ${spoilt.connections} connections of the corrupting ones`;
    report('R-12', `${HEALTHY} healthy streams, longest gap ${Math.max(...gaps)} ms; ${starts}`);
    await spoilt.stop();
    await expectNoFault(server);
  });
});
