import { describe, expect, test } from 'vitest';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import { families, MAX_PATHS } from '../../src/features/metrics/families.ts';
import { OTHER } from '../../src/features/metrics/path-labels.ts';
import type { RtmpClient } from '../../src/protocols/rtmp/client.ts';
import { scrape } from '../conformance/metrics.ts';
import { publisher } from '../conformance/rtmp/client.ts';
import { until } from '../servers.ts';
import { report, sized } from './report.ts';
import { expectNoFault, type Health, WatchedServer } from './watched-server.ts';

/** Streams with a name each, and how many are on at a time. */
const NAMES = sized(500, 10_000);
const WIDTH = 50;
/** Those before, all at a time, which fill caches and do not count. */
const WARM_UP = MAX_PATHS + 50;
/** How long each is on, and from one picture to the next. ms */
const [LENGTH, STEP] = [1000, 200];
/** What may be left behind: bytes of heap. */
const HEAP = sized(3, 10) * 2 ** 20;

/** A publisher that has sent a picture and a sound. */
async function begin(server: WatchedServer, index: number): Promise<RtmpClient> {
  const sender = await publisher(`${server.rtmp}/live/name-${index}`);
  sender.announce(sample.video);
  sender.announce(sample.audio);
  write(sender, 0);
  return sender;
}

function write(sender: RtmpClient, ms: number): void {
  sender.write(frameOf(sample.video, { ms, key: ms === 0 }));
  sender.write(frameOf(sample.audio, { ms }));
}

/** Does something for each number from `from` to before `to`, `width` at a time. */
async function each(
  span: { from: number; to: number; width: number },
  run: (index: number) => Promise<void>,
): Promise<void> {
  let next = span.from;
  const work = async (): Promise<void> => {
    for (let index = next++; index < span.to; index = next++) await run(index);
  };
  await Promise.all(Array.from({ length: span.width }, work));
}

/** Publishes for as long as a stream is on here. */
async function perform(server: WatchedServer, index: number): Promise<void> {
  const sender = await begin(server, index);
  for (let ms = STEP; ms <= LENGTH; ms += STEP) {
    await new Promise((resolve) => setTimeout(resolve, STEP));
    write(sender, ms);
  }
  await sender.leave();
}

/** The paths that the metrics name right now. */
async function labelled(server: WatchedServer): Promise<string[]> {
  return (await scrape(server.http)).labelsOf(families.streamBitrate.name).map(({ path }) => path!);
}

/** Waits until nobody is left, and looks. */
async function settled(server: WatchedServer): Promise<Health> {
  await until('all are gone', async () => {
    const { sessions, streams } = await server.counts();
    return sessions.publish === 0 && streams === 0;
  });
  return server.health();
}

describe('L-05 names that come and go', () => {
  test(
    'L-05 leave no memory behind, and metrics name no more of them than they should',
    { timeout: sized(60_000, 600_000) },
    async () => {
      const server = await WatchedServer.start([], {
        limitMs: sized(60_000, 600_000),
        env: { ROOMCAST_LIMITS_PUBLISHER_SILENCE: '60' },
      });
      const senders: RtmpClient[] = [];
      await each({ from: 0, to: WARM_UP, width: 10 }, async (index) => void senders.push(await begin(server, index)));
      await until('all of them are on', async () => (await server.counts()).streams === WARM_UP);
      const labels = new Set(await labelled(server));
      expect(labels.size).toBe(MAX_PATHS + 1);
      expect(labels).toContain(OTHER);
      for (const sender of senders) await sender.leave();
      const before = await settled(server);

      let over = false;
      const span = { from: WARM_UP, to: WARM_UP + NAMES, width: WIDTH };
      const all = each(span, (index) => perform(server, index)).finally(() => (over = true));
      const looked = async (): Promise<boolean> => {
        for (const path of await labelled(server)) labels.add(path);
        return over;
      };
      await until('all were on', looked, sized(60_000, 600_000));
      await all;
      const after = await settled(server);
      expect(labels.size, 'labels of less than an hour').toBe(MAX_PATHS + 1);
      expect(after.heap - before.heap, 'bytes of heap').toBeLessThan(HEAP);
      expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 2);
      const kib = Math.round((after.heap - before.heap) / 1024);
      report('L-05', `${NAMES} names of ${LENGTH} ms each: heap ${kib} KiB, ${labels.size} labels`);
      await expectNoFault(server);
    },
  );
});
