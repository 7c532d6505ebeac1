import { describe, expect, test } from 'vitest';
import { drain, FeedStage } from '../../test/feed-stage.ts';
import { garbageCollected } from '../../test/garbage.ts';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { wordsOf } from '../../test/word-muxer.ts';
import { SECOND } from '../media/time.ts';
import type { Cursor } from './cursor.ts';

const video = videoTrack();
const audio = audioTrack();

describe('slow viewers', () => {
  const sizes = { key: 400, picture: 100, sound: 20 };

  test('skip to the newest join point when they lag behind their queue, and never see half a GOP', async () => {
    const stage = new FeedStage({ viewerQueue: 5000 });
    stage.update(video, audio);
    const slow = stage.feed.join(() => {});
    await stage.write(film({ ms: 4500, video, audio, sizes }));
    stage.feed.flush();
    expect(slow.skips).toBeGreaterThan(0);
    const words = drain(slow);
    expect(words[0]).toBe('[v1 a17]');
    expect(words[1]).toMatch(/^K[1-4]000$/);
    const all = stage.muxer.calls.filter((call) => /^[KPA]/.test(call));
    expect(words.slice(1)).toEqual(all.slice(all.indexOf(words[1]!)));
  });

  test('wait for a join point where there is no newer one', async () => {
    const stage = new FeedStage({ viewerQueue: 2000 });
    stage.update(video);
    const slow = stage.feed.join(() => {});
    await stage.write(film({ ms: 200, gop: 100_000, video, sizes }));
    drain(slow);
    await stage.write(film({ ms: 5000, gop: 100_000, video, sizes }).slice(5));
    expect(slow.skips).toBe(1);
    expect(slow.queued).toBe(0);
    expect(drain(slow)).toEqual([]);
    await stage.write([frame(video, 6000), frame(video, 6040, { key: true })]);
    expect(drain(slow)).toEqual(['K6040']);
  });

  test('cost those who keep up nothing', async () => {
    const stage = new FeedStage({ viewerQueue: 2000 });
    stage.update(video, audio);
    for (let i = 0; i < 20; i++) stage.feed.join(() => {});
    const words: string[] = [];
    const quick: Cursor = stage.feed.join(() => words.push(...drain(quick)));
    await stage.write(film({ ms: 10_000, video, audio, sizes }));
    stage.feed.flush();
    expect(quick.skips).toBe(0);
    expect(words).toEqual(['[v1 a17]', ...stage.muxer.calls.filter((call) => /^[KPA]/.test(call))]);
  });

  test('are not counted behind for the burst they join with, however large it is', async () => {
    const stage = new FeedStage({ viewerQueue: 1000 });
    stage.update(video);
    await stage.write(film({ ms: 1000, gop: 100_000, video, sizes: { key: 20_000, picture: 500, sound: 0 } }));
    const joiner = stage.feed.join(() => {});
    await stage.write([frame(video, 1000, { size: 500 }), frame(video, 1040, { size: 500 })]);
    expect(joiner.skips).toBe(0);
    expect(drain(joiner).slice(0, 2)).toEqual(['[v1]', 'K0']);
  });

  test('a frame above the whole queue passes', async () => {
    const stage = new FeedStage({ viewerQueue: 1000, gop: { duration: 10 * SECOND, bytes: 32e6 } });
    stage.update(video);
    const words: string[] = [];
    const viewer: Cursor = stage.feed.join(() => words.push(...drain(viewer)));
    const late = stage.feed.join(() => {});
    await stage.write([
      frame(video, 0, { key: true, size: 100 }),
      frame(video, 40, { key: true, size: 9_000_000 }),
      frame(video, 80, { size: 9_000_000 }),
      frame(video, 120),
    ]);
    expect(words).toEqual(['[v1]', 'K0', 'K40', 'P80', 'P120']);
    expect(viewer.skips).toBe(0);
    expect(drain(late)).toContain('P80');
  });

  test('may lag by one second of the stream where that is more than their queue', async () => {
    const sizes = { key: 10_000, picture: 10_000, sound: 0 };
    const stage = new FeedStage({ viewerQueue: 1000, gop: { duration: 10 * SECOND, bytes: 1e8 } });
    stage.update(video);
    const cursor = stage.feed.join(() => {});
    await stage.write(film({ ms: 4000, video, sizes }));
    drain(cursor);
    const skips = cursor.skips;
    await stage.write(film({ ms: 4800, video, sizes }).slice(100));
    expect(cursor.skips).toBe(skips);
    await stage.write(film({ ms: 7000, video, sizes }).slice(120));
    expect(cursor.skips).toBeGreaterThan(skips);
  });

  test('take about as much as they ask for, at least one buffer, never a part of one', async () => {
    const stage = new FeedStage({ viewerQueue: 1e6 });
    stage.update(video);
    const cursor = stage.feed.join(() => {});
    await stage.write(film({ ms: 1000, video, sizes }));
    const first = cursor.take(1);
    expect(wordsOf(first)).toEqual(['[v1]', 'K0']);
    const more = cursor.take(300);
    expect(wordsOf(more)).toEqual(['P40', 'P80', 'P120']);
    expect(cursor.queued).toBe(21 * 100);
  });
});

describe('the ring', () => {
  test('holds no more for a viewer that never reads than its queue and the GOP it was moved to', async () => {
    const stage = new FeedStage({ viewerQueue: 5000 });
    stage.update(video, audio);
    const stuck = stage.feed.join(() => {});
    let most = 0;
    for (const each of film({ ms: 30_000, video, audio })) {
      await stage.write([each]);
      most = Math.max(most, stuck.queued);
    }
    const gop = 400 + 24 * 100 + 50 * 20;
    expect(most).toBeLessThan(5000 + gop + 500);
    expect(stuck.skips).toBeGreaterThan(5);
  });

  test('is trimmed where there is no join point for a quarter of an hour', async () => {
    const stage = new FeedStage({ gop: { duration: 2 * SECOND, bytes: 1e6 } });
    const live: WeakRef<Uint8Array>[] = [];
    const { muxer } = stage;
    const mux = muxer.mux.bind(muxer);
    muxer.mux = (each) => {
      const bytes = mux(each);
      live.push(new WeakRef(bytes));
      return bytes;
    };
    stage.update(video);
    stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true })]);
    for (let i = 1; i < 22_500; i++) await stage.write([frame(video, i * 40, { size: 3000 })]);
    await garbageCollected();
    expect(live.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(200);
  });

  test('forgets a GOP that is longer than the cache allows: a joiner waits instead of getting hours', async () => {
    const stage = new FeedStage({ gop: { duration: 2 * SECOND, bytes: 1e6 } });
    stage.update(video);
    await stage.write(film({ ms: 5000, gop: 100_000, video }));
    const joiner = stage.feed.join(() => {});
    expect(drain(joiner)).toEqual([]);
    await stage.write([frame(video, 5000, { key: true })]);
    expect(drain(joiner)).toEqual(['[v1]', 'K5000']);
  });
});
