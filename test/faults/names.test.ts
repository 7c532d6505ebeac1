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

/** Streams with a name each, in two halves of which the second is judged, and how many are on at a time. */
const NAMES = sized(500, 10_000);
const WIDTH = 63;
/** Those before, all at a time, which fill caches and do not count. */
const WARM_UP = MAX_PATHS + 50;
/** How long each is on, and from one picture to the next. ms */
const [LENGTH, STEP] = [1000, 200];
/** What each name of the second half may leave behind, bytes of heap and of buffers. */
const EACH = 1024;
/** Bytes of a key frame: a GOP that is kept would be seen. */
const KEY_FRAME = 64 * 1024;
/** ms for all of it; the server lives a little longer, so that what is late has a name. */
const LIMIT = sized(60_000, 600_000);

/** A publisher that has sent a picture and a sound. */
async function begin(server: WatchedServer, index: number): Promise<RtmpClient> {
  const sender = await publisher(`${server.rtmp}/live/name-${index}`);
  sender.announce(sample.video);
  sender.announce(sample.audio);
  write(sender, 0);
  return sender;
}

function write(sender: RtmpClient, ms: number): void {
  sender.write(frameOf(sample.video, { ms, key: ms === 0, size: ms === 0 ? KEY_FRAME : 48 }));
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
    { timeout: LIMIT },
    async () => {
      const server = await WatchedServer.start([], {
        limitMs: LIMIT + 30_000,
        env: { ROOMCAST_LIMITS_PUBLISHER_SILENCE: '60' },
      });
      const senders: RtmpClient[] = [];
      await each({ from: 0, to: WARM_UP, width: 10 }, async (index) => void senders.push(await begin(server, index)));
      await until('all of them are on', async () => (await server.counts()).streams === WARM_UP);
      const labels = new Set(await labelled(server));
      expect(labels.size).toBe(MAX_PATHS + 1);
      expect(labels).toContain(OTHER);
      for (const sender of senders) await sender.leave();

      const healths = [await settled(server)];
      for (let half = 0; half < 2; half++) {
        let over = false;
        const from = WARM_UP + (half * NAMES) / 2;
        const span = { from, to: from + NAMES / 2, width: WIDTH };
        const all = each(span, (index) => perform(server, index)).finally(() => (over = true));
        const looked = async (): Promise<boolean> => {
          for (const path of await labelled(server)) labels.add(path);
          return over;
        };
        await until('all were on', looked, LIMIT);
        await all;
        healths.push(await settled(server));
      }
      const [begun, before, after] = healths as [Health, Health, Health];
      expect(labels.size, 'labels of less than an hour').toBe(MAX_PATHS + 1);
      const [heap, external] = (['heap', 'external'] as const).map((kind) => after[kind] - before[kind]);
      const first = Math.round((before.heap - begun.heap) / 1024);
      const numbers = `heap ${first} KiB, then ${Math.round(heap! / 1024)} KiB, buffers ${Math.round(external! / 1024)} KiB`;
      report('L-05', `${NAMES} names of ${LENGTH} ms each: ${numbers}, ${labels.size} labels`);
      expect(heap, 'bytes of heap').toBeLessThan((EACH * NAMES) / 2);
      expect(external, 'bytes of buffers').toBeLessThan((EACH * NAMES) / 2);
      expect(after.alive.listeners).toBe(before.alive.listeners);
      expect(after.descriptors).toBeLessThanOrEqual(begun.descriptors + 2);
      await expectNoFault(server);
    },
  );
});
