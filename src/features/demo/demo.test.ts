import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { frame, videoTrack } from '../../../test/media.ts';
import type { Access } from '../../live/access.ts';
import { Hub } from '../../live/hub.ts';
import { MergeWindow } from '../../live/merge.ts';
import { silent } from '../../log.ts';
import type { EndReason, Frame } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import { type Clip, readClip } from './clip.ts';
import { DemoPublisher } from './demo-publisher.ts';

const PATH = 'live/lobby';
const GRACE = 15 * SECOND;

/** One second: 25 pictures, and a clip in which the last one is as long as the others. */
function shortClip(): Clip {
  const track = videoTrack();
  const frames = Array.from({ length: 25 }, (_, n) => frame(track, n * 40, { key: n === 0 }));
  return { tracks: [track], frames, duration: SECOND };
}

/** A machine that can sleep: time goes by and no timer runs. */
class SleepyScheduler extends VirtualScheduler {
  #slept = 0;

  override now(): number {
    return super.now() + this.#slept;
  }

  sleep(us: number): void {
    this.#slept += us;
  }
}

function access(): Access {
  return {
    action: 'publish',
    protocol: 'rtmp',
    path: PATH,
    credentials: {},
    remote: { address: '127.0.0.1' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  };
}

async function playing(): Promise<{
  hub: Hub;
  scheduler: SleepyScheduler;
  demo: DemoPublisher;
  seen: Frame[];
  ends: EndReason[];
}> {
  const scheduler = new SleepyScheduler();
  const hub = new Hub({
    scheduler,
    merge: new MergeWindow(0),
    gop: { duration: 10 * SECOND, bytes: 1_000_000 },
    viewerQueue: 1_000_000,
    grace: GRACE,
    kickTime: 60 * SECOND,
    maxSessions: 100,
    failed: (error) => expect.unreachable(String(error)),
  });
  hub.authorize(({ path }) => ({ path, keyId: 'key' }));
  const viewer = await hub.play({ ...access(), action: 'play' });
  const seen: Frame[] = [];
  const ends: EndReason[] = [];
  viewer.stream.add({ update() {}, write: (item) => seen.push(item), end: (reason) => ends.push(reason) });
  const demo = new DemoPublisher({ hub, scheduler, log: silent, clip: shortClip(), path: PATH, grace: GRACE });
  await demo.start();
  return { hub, scheduler, demo, seen, ends };
}

describe('the demo clip', () => {
  test('that comes with roomcast loops exactly: 480 pictures and 750 sounds in 16 s', async () => {
    const clip = readClip(await readFile(new URL('../../../assets/demo.flv', import.meta.url)));
    const count = (kind: string): number => clip.frames.filter(({ track }) => track.kind === kind).length;
    expect([clip.duration, count('video'), count('audio')]).toEqual([16 * SECOND, 480, 750]);
    expect(
      clip.frames.filter(({ track, key }) => track.kind === 'video' && key).map(({ dts }) => dts / SECOND),
    ).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    expect(clip.frames.every(({ dts, pts }) => dts === pts)).toBe(true);
  });

  test('goes round and round with times that never jump', async () => {
    const { scheduler, seen } = await playing();
    await scheduler.pass(5 * SECOND, SECOND / 10);
    expect(seen.length).toBe(126);
    expect(new Set(seen.slice(1).map(({ dts }, n) => dts - seen[n]!.dts))).toEqual(new Set([40_000]));
  });

  test('gives way to a real publisher at its first key frame', async () => {
    const { hub, scheduler, seen } = await playing();
    await scheduler.pass(SECOND, SECOND / 10);
    const real = await hub.publish(access());
    const track = videoTrack([1, 2, 3]);
    real.write(frame(track, 0, { key: true }));
    expect(hub.publisher(PATH)).toBe(real);
    const before = seen.length;
    await scheduler.pass(SECOND / 2, SECOND / 10);
    expect(seen.slice(before)).toEqual([]);
    expect(seen.at(-1)!.track).toBe(track);
  });

  test.each(['lost', 'ended'] as const)(
    'returns after the grace when the real publisher has %s, as a new broadcast',
    async (reason) => {
      const { hub, scheduler, seen, ends } = await playing();
      const real = await hub.publish(access());
      real.write(frame(videoTrack([1, 2, 3]), 0, { key: true }));
      await scheduler.pass(60 * SECOND, (SECOND / 10) * 5);
      real.end(reason);
      const before = seen.length;
      await scheduler.pass(GRACE, SECOND / 10);
      expect(seen.slice(before)).toEqual([]);
      await scheduler.pass(SECOND, SECOND / 10);
      expect(hub.publisher(PATH)?.session.protocol).toBe('program');
      expect(ends).toHaveLength(1);
    },
  );

  test('waits where somebody is live already', async () => {
    const { hub, scheduler, demo } = await playing();
    demo.close();
    const real = await hub.publish(access());
    const late = new DemoPublisher({ hub, scheduler, log: silent, clip: shortClip(), path: PATH, grace: GRACE });
    await late.start();
    expect(hub.publisher(PATH)).toBe(real);
  });

  test('does not send in one burst what a sleeping machine missed', async () => {
    const { scheduler, seen } = await playing();
    await scheduler.pass(3 * SECOND, SECOND / 10);
    const before = seen.length;
    scheduler.sleep(3600 * SECOND);
    await scheduler.pass(SECOND, SECOND / 10);
    expect(seen.length - before).toBeLessThanOrEqual(26);
  });

  test('is gone when the server stops', async () => {
    const { hub, scheduler, demo } = await playing();
    hub.close();
    demo.close();
    const pending = scheduler.pending;
    await scheduler.pass(60 * SECOND, SECOND);
    expect(hub.publisher(PATH)).toBeUndefined();
    expect(scheduler.pending).toBeLessThanOrEqual(pending);
  });
});
