import { describe, expect } from 'vitest';
import { systemScheduler } from '../../src/io/scheduler.ts';
import { RtmpClient } from '../../src/protocols/rtmp/client.ts';
import type { FlvTag } from '../flv-reader.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { film } from './films.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { openStage, type Stage } from './stage.ts';

/** From the request to the first key frame, at the median of `TRIES`. */
const MAX_MS = 100;
const TRIES = 5;

/** ms until a viewer who comes now has its first key frame, and the stream's time of that, in ms. */
type Arrive = (stage: Stage) => Promise<{ ms: number; time: number }>;

const ways: { name: string; arrive: Arrive }[] = [
  { name: 'HTTP-FLV', arrive: ({ httpUrl }) => arriveByFlv(httpUrl) },
  { name: 'WS-FLV', arrive: ({ wsUrl }) => arriveByFlv(wsUrl) },
  { name: 'RTMP', arrive: arriveByRtmp },
];

describe('a viewer who comes in the middle of a GOP of 2 s', () => {
  testWith(['ffmpeg'], `has its first key frame within ${MAX_MS} ms`, {}, async () => {
    const stage = await openStage();
    const sent = await film('plain', 10);
    const witness = new Watcher(stage.httpUrl);
    const sender = sendWithFfmpeg(sent.file, stage.rtmpUrl);
    for (const [index, { name, arrive }] of ways.entries()) {
      // Each way has a GOP of its own, half of which is over.
      const from = 2000 * (index + 1);
      const pictures = (): FlvTag[] => witness.flv.media('video').filter(({ timestamp }) => timestamp >= from);
      await until('half a GOP is over', () => (pictures().at(-1)?.timestamp ?? 0) > from + 1000);
      const running = pictures().find((tag) => tag.key)!.timestamp;
      const waits: number[] = [];
      for (let i = 0; i < TRIES; i++) {
        const { ms, time } = await arrive(stage);
        expect(time, `${name}: the key frame of the running GOP`).toBe(running);
        waits.push(ms);
      }
      expect(waits.sort((a, b) => a - b)[TRIES >> 1], `ms by ${name}: ${waits.map(Math.round)}`).toBeLessThan(MAX_MS);
    }
    await sender.stop();
  });
});

async function arriveByFlv(url: string): Promise<{ ms: number; time: number }> {
  const start = performance.now();
  const watcher = new Watcher(url);
  const key = (): FlvTag | undefined => watcher.flv.media('video').find((tag) => tag.key);
  await until('a key frame', key);
  watcher.stop();
  return { ms: key()!.at - start, time: key()!.timestamp };
}

async function arriveByRtmp({ rtmpUrl: url }: Stage): Promise<{ ms: number; time: number }> {
  const first = Promise.withResolvers<{ ms: number; time: number }>();
  const start = performance.now();
  const client = new RtmpClient({
    url,
    action: 'play',
    scheduler: systemScheduler(),
    media: (event) => {
      if (event.type !== 'frame' || event.frame.track.kind !== 'video' || !event.frame.key) return;
      first.resolve({ ms: performance.now() - start, time: event.frame.dts / 1000 });
    },
  });
  await client.ready;
  const found = await first.promise;
  await client.leave();
  return found;
}
