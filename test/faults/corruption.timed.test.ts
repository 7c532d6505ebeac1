import { describe, expect, onTestFinished } from 'vitest';
import { clip } from '../clips.ts';
import { Random } from '../fuzz/random.ts';
import { Program, program, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { HlsWatcher } from '../hls/watcher.ts';
import { Watcher } from '../watch.ts';
import { BodyWatcher } from './body-watcher.ts';
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
/** What the media itself breaks, whoever carries it: pictures are not what their publisher calls them, and times have holes. */
const OF_MEDIA = [
  ...['C-HLS-10/begins', 'C-HLS-10/flags', 'C-HLS-13/equal', 'C-HLS-14/fragments', 'C-HLS-14/segments'],
  ...['C-HLS-20/part-target', 'C-HLS-20/least', 'C-HLS-20/duration'],
];
/** By then every corrupting publisher has begun to be one. ms */
const SPOILT = 3000;
/** A thing is said once a second, and this often more: when it begins, and at the end of the server. */
const MORE_SAID = 2;

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

/** What is wrong with a stream is said once a second at most, however often it happens and however it is put. */
function expectQuietLog({ process: { program } }: WatchedServer): void {
  const said = new Map<string, number[]>();
  for (const line of program.stderr.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { time, level, path, code, values, protocol } = JSON.parse(line) as Record<string, string>;
    if (path === undefined || code === undefined) continue;
    // Each output says for itself what it cannot carry. What the doctor finds comes with values and goes without.
    const what = `${level} ${code} of ${path} over ${protocol}${values === undefined ? '' : ', with values'}`;
    said.set(what, [...(said.get(what) ?? []), Date.parse(time!)]);
  }
  expect(said.size, 'kinds of lines that say what is wrong').toBeGreaterThan(0);
  for (const [what, times] of said) {
    const seconds = (times.at(-1)! - times[0]!) / 1000;
    expect(times.length, `times that “${what}” was said in ${seconds} s`).toBeLessThanOrEqual(seconds + MORE_SAID);
  }
}

/** Pictures that are before the last one of their body; a body that is asked for anew begins with the current GOP again. */
function backwards<P extends { timestamp: number; body?: number }>(pictures: readonly P[]): P[] {
  return pictures.filter(({ timestamp, body }, index) => {
    const last = pictures[index - 1];
    return last !== undefined && last.body === body && timestamp < last.timestamp;
  });
}

describe('R-12 corrupting publishers', () => {
  const name = 'R-12 cost healthy streams nothing, and what their own viewers get is well formed';
  testWith(['ffmpeg'], name, { timeout: (SECONDS + 60) * 1000 }, async () => {
    const server = await WatchedServer.start();
    const film = await clip('plain');
    const controls = await Promise.all(
      Array.from({ length: HEALTHY }, (_, index) =>
        Control.beside(server, {
          path: `live/healthy-${index}`,
          also: index === 0 ? ['http-ts', 'ws-mp4', 'hls'] : [],
        }),
      ),
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
    const victims = ['flipped', 'noisy', 'spoilt'].map((name) => ({
      name,
      viewers: [
        new Watcher(`${server.http}/live/${name}.flv`),
        new Watcher(`${server.ws}/live/${name}.flv`),
        new RtmpWatcher(`${server.rtmp}/live/${name}`),
        new BodyWatcher(`${server.http}/live/${name}.ts`, { again: true }),
        new BodyWatcher(`${server.http}/live/${name}.mp4`, { again: true }),
        new BodyWatcher(`${server.ws}/live/${name}.mp4`, { again: true }),
      ],
      players: [
        new HlsWatcher(`${server.http}/live/${name}/index.m3u8`, { except: OF_MEDIA }),
        new HlsWatcher(`${server.http}/live/${name}/ts.m3u8`, { except: OF_MEDIA, lowLatency: false }),
      ],
    }));
    const begun = performance.now();
    await until('the time is over', () => performance.now() - begun > SECONDS * 1000, SECONDS * 1000 + 5000);

    const gaps = controls.map(expectUnharmed);
    for (const { name, viewers, players } of victims) {
      for (const { checker } of players) expect(checker.complaints, `HLS of “${name}”`).toEqual([]);
      for (const viewer of viewers) {
        if (viewer instanceof Watcher) expect(viewer.flv.fault).toBeUndefined();
        if (viewer instanceof BodyWatcher) expect(viewer.fault).toBeUndefined();
        expect(backwards(viewer.pictures), `pictures of “${name}” that are before the last`).toEqual([]);
      }
      // From the first spoilt byte on, for as long as it lasted.
      const late = [...viewers, ...players].filter(
        ({ pictures }) => pictures.filter(({ at }) => at > begun + SPOILT).length > 20,
      );
      expect(late.length, `viewers of “${name}” that got pictures all the time`).toBeGreaterThan(4);
    }
    expectQuietLog(server);
    expect(Object.keys(spoilt.spoilt)).toHaveLength(7);
    const starts = `${flipped.starts}, ${noisy.starts} and ${spoilt.connections} connections of the corrupting ones`;
    report('R-12', `${HEALTHY} healthy streams, longest gap ${Math.max(...gaps)} ms; ${starts}`);
    await spoilt.stop();
    await expectNoFault(server);
  });
});
