import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { settle, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { WordMuxer, wordsOf } from '../../test/word-muxer.ts';
import type { Frame, Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import type { Cursor } from './cursor.ts';
import { Feed, type FeedOptions } from './feed.ts';
import { JoinPoints } from './gop.ts';
import { MergeWindow } from './merge.ts';

const video = videoTrack();
const audio = audioTrack();

/** A feed that is written to as a stream would, one frame at a time, with the clock going along. */
class FeedStage {
  readonly scheduler = new VirtualScheduler(0);
  readonly muxer: WordMuxer;
  readonly feed: Feed;
  readonly leftOut: Track[] = [];
  empty = 0;
  #joins = new JoinPoints();
  #tracks: readonly Track[] = [];

  constructor(options: Partial<FeedOptions> & { merge?: MergeWindow } = {}) {
    this.muxer = (options.muxer as WordMuxer | undefined) ?? new WordMuxer({ full: true });
    this.feed = new Feed({
      muxer: this.muxer,
      scheduler: this.scheduler,
      merge: new MergeWindow(0),
      gop: { duration: 10 * SECOND, bytes: 1e6 },
      viewerQueue: 2000,
      leftOut: (track) => this.leftOut.push(track),
      empty: () => this.empty++,
      ...options,
    });
  }

  update(...tracks: Track[]): void {
    this.#tracks = tracks;
    this.feed.update(tracks);
  }

  async write(frames: readonly Frame[]): Promise<void> {
    for (const each of frames) {
      if (each.dts > this.scheduler.now()) this.scheduler.advanceTo(each.dts);
      this.feed.write(each, this.#joins.at(each, this.#tracks));
      await Promise.resolve();
    }
  }
}

/** Waits until what nobody holds any more is gone. */
async function collected(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    await settle();
    gc();
  }
}

/** Takes all there is at once. */
function drain(cursor: Cursor): string[] {
  return wordsOf(cursor.take(Infinity));
}

describe('one muxing for all', () => {
  test('each frame is muxed once, however many watch', async () => {
    const stage = new FeedStage();
    stage.update(video, audio);
    const cursors = Array.from({ length: 50 }, () => stage.feed.join(() => {}));
    await stage.write(film({ ms: 200, video, audio }));
    stage.feed.flush();
    const seen = cursors.map((cursor) => cursor.take(Infinity));
    expect(stage.muxer.calls.filter((call) => /^[KPA]/.test(call))).toHaveLength(5 + 10);
    expect(stage.muxer.calls.filter((call) => call.startsWith('['))).toHaveLength(1);
    for (const buffers of seen) for (const [index, bytes] of buffers.entries()) expect(bytes).toBe(seen[0]![index]);
  });

  test('a viewer who joins in the middle of a GOP gets the header and that GOP from its key frame, unaltered', async () => {
    const stage = new FeedStage();
    stage.update(video, audio);
    await stage.write(film({ ms: 1120, video, audio }));
    expect(drain(stage.feed.join(() => {}))).toEqual([
      '[v1 a17]',
      'K1000',
      'A1000',
      'A1020',
      'P1040',
      'A1040',
      'A1060',
      'P1080',
      'A1080',
      'A1100',
    ]);
  });

  test('what a viewer gets goes on without a break or a repetition from there', async () => {
    const stage = new FeedStage();
    stage.update(video, audio);
    const frames = film({ ms: 5000, video, audio });
    await stage.write(frames.slice(0, 130));
    const late = stage.feed.join(() => {});
    const words: string[] = [];
    for (const each of frames.slice(130)) {
      await stage.write([each]);
      words.push(...drain(late));
    }
    stage.feed.flush();
    words.push(...drain(late));
    const all = stage.muxer.calls.filter((call) => /^[KPA]/.test(call));
    expect(words).toEqual(['[v1 a17]', ...all.slice(all.indexOf('K1000'))]);
  });

  test('a viewer who came before the first frame waits for the first key frame', async () => {
    const stage = new FeedStage();
    let calls = 0;
    const cursor = stage.feed.join(() => calls++);
    stage.update(video, audio);
    await stage.write([frame(audio, 0), frame(video, 0), frame(audio, 20), frame(video, 40, { key: true })]);
    expect(drain(cursor)).toEqual(['[v1 a17]', 'K40']);
    expect(calls).toBeGreaterThan(0);
  });

  test('with instant start off a joiner waits for the next key frame', async () => {
    const stage = new FeedStage({ gop: { duration: 0, bytes: 0 } });
    stage.update(video);
    await stage.write(film({ ms: 500, video }));
    const cursor = stage.feed.join(() => {});
    expect(drain(cursor)).toEqual([]);
    await stage.write(film({ ms: 1080, video }).slice(13));
    expect(drain(cursor)).toEqual(['[v1]', 'K1000', 'P1040']);
  });

  test('tells when its last viewer left, and once', () => {
    const stage = new FeedStage();
    const [a, b] = [stage.feed.join(() => {}), stage.feed.join(() => {})];
    a.leave();
    a.leave();
    expect(stage.empty).toBe(0);
    b.leave();
    expect(stage.empty).toBe(1);
  });

  test('a viewer who leaves while it is told of news keeps nobody else from them', async () => {
    const stage = new FeedStage();
    stage.update(video);
    const told: number[] = [];
    const cursors = [0, 1, 2, 3].map((index) => {
      const cursor: Cursor = stage.feed.join(() => {
        told.push(index);
        if (index === 1) cursor.leave();
      });
      return cursor;
    });
    await stage.write([frame(video, 0, { key: true })]);
    expect(told.toSorted()).toEqual([0, 1, 2, 3]);
    expect(cursors.map((cursor) => cursor.queued > 0)).toEqual([true, true, true, true]);
    expect(stage.feed.viewers).toBe(3);
  });
});

describe('tracks', () => {
  test('a track that the container cannot carry is left out, and its frames with it', async () => {
    const stage = new FeedStage({ muxer: new WordMuxer({ carries: ['video'] }) });
    const cursor = stage.feed.join(() => {});
    stage.update(video, audio);
    await stage.write(film({ ms: 80, video, audio }));
    expect(stage.leftOut).toEqual([audio]);
    expect(drain(cursor)).toEqual(['[v1]', 'K0', 'P40']);
  });

  test('a late track is announced inline to those who watch and stands in the header of those who join', async () => {
    const stage = new FeedStage();
    const early = stage.feed.join(() => {});
    stage.update(video);
    await stage.write([frame(video, 0, { key: true })]);
    stage.update(video, audio);
    await stage.write([frame(audio, 20), frame(video, 40), frame(video, 80, { key: true })]);
    expect(drain(early)).toEqual(['[v1]', 'K0', '+a17', 'A20', 'P40', 'K80']);
    expect(drain(stage.feed.join(() => {}))).toEqual(['[v1 a17]', 'K80']);
  });

  test('a viewer who joins a GOP in which a track appeared is told of it where it appeared', async () => {
    const stage = new FeedStage();
    stage.update(video);
    await stage.write([frame(video, 0, { key: true })]);
    stage.update(video, audio);
    await stage.write([frame(audio, 20), frame(video, 40)]);
    expect(drain(stage.feed.join(() => {}))).toEqual(['[v1]', 'K0', '+a17', 'A20', 'P40']);
  });

  test('a changed configuration reaches each viewer once, before the first frame that needs it', async () => {
    const stage = new FeedStage();
    const changed = videoTrack([2]);
    const watching = stage.feed.join(() => {});
    stage.update(video);
    await stage.write([frame(video, 0, { key: true })]);
    const words = drain(watching);
    stage.update(changed);
    await stage.write([frame(changed, 40, { key: true }), frame(changed, 80)]);
    expect([...words, ...drain(watching)]).toEqual(['[v1]', 'K0', '+v2', 'K40', 'P80']);
    expect(drain(stage.feed.join(() => {}))).toEqual(['[v2]', 'K40', 'P80']);
  });

  test('a viewer who skips over a change is told of it where it lands', async () => {
    const stage = new FeedStage({ viewerQueue: 1000, muxer: new WordMuxer({ full: true }) });
    const changed = videoTrack([2]);
    const slow = stage.feed.join(() => {});
    stage.update(video);
    await stage.write([frame(video, 0, { key: true })]);
    expect(drain(slow)).toEqual(['[v1]', 'K0']);
    await stage.write([frame(video, 40, { size: 400 })]);
    stage.update(changed);
    await stage.write([frame(changed, 80, { key: true, size: 400 })]);
    for (let i = 3; slow.skips === 0; i++) {
      await stage.write([frame(changed, i * 40, { size: 400, key: i % 4 === 0 })]);
    }
    await stage.write([frame(changed, 1000, { key: true })]);
    const words = drain(slow);
    expect(words[0]).toBe('+v2');
    expect(words[1]).toMatch(/^K/);
  });

  test('an update that changes nothing writes nothing', async () => {
    const stage = new FeedStage();
    const cursor = stage.feed.join(() => {});
    stage.update(video, audio);
    await stage.write([frame(video, 0, { key: true })]);
    stage.update(video, audio);
    await stage.write([frame(video, 40)]);
    expect(drain(cursor)).toEqual(['[v1 a17]', 'K0', 'P40']);
  });
});

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
    await collected();
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

describe('the merge window', () => {
  test('0: each picture leaves at once, with the sound that came before it', async () => {
    const stage = new FeedStage();
    stage.update(video, audio);
    const blocks: string[][] = [];
    const cursor: Cursor = stage.feed.join(() => {
      for (const bytes of cursor.take(Infinity)) blocks.push(wordsOf([bytes]));
    });
    await stage.write(film({ ms: 100, video, audio }));
    expect(blocks).toEqual([['[v1 a17]'], ['K0'], ['A0', 'A20', 'P40'], ['A40', 'A60', 'P80']]);
  });

  test('0: frames that come in one read leave in one write', async () => {
    const stage = new FeedStage();
    stage.update(video);
    let calls = 0;
    stage.feed.join(() => calls++);
    for (const each of film({ ms: 400, video })) stage.feed.write(each, each.key);
    await settle();
    expect(calls).toBe(1);
  });

  test('0: sound alone leaves at once, and beside a picture that stands still after 50 ms', async () => {
    const alone = new FeedStage();
    alone.update(audio);
    const cursor = alone.feed.join(() => {});
    await alone.write([frame(audio, 0)]);
    expect(drain(cursor)).toEqual(['[a17]', 'A0']);

    const beside = new FeedStage();
    beside.update(video, audio);
    const viewer = beside.feed.join(() => {});
    await beside.write([frame(video, 0, { key: true })]);
    drain(viewer);
    await beside.write([frame(audio, 10)]);
    beside.scheduler.advance(49 * MILLISECOND);
    expect(viewer.queued).toBe(0);
    beside.scheduler.advance(1 * MILLISECOND);
    expect(drain(viewer)).toEqual(['A10']);
  });

  test('fixed: what the muxer laid side by side leaves as one buffer without being copied', async () => {
    const memory = new Uint8Array(64 * 1024);
    let taken = 0;
    class SideBySide extends WordMuxer {
      override mux(frame: Frame): Uint8Array {
        const word = super.mux(frame);
        memory.set(word, taken);
        // A gap behind some, as at the end of a block.
        const room = memory.subarray(taken, (taken += word.length));
        if (frame.dts % SECOND === 0) taken += 7;
        return room;
      }
    }
    const stage = new FeedStage({ merge: new MergeWindow(100), muxer: new SideBySide() });
    stage.update(video);
    const cursor = stage.feed.join(() => {});
    await stage.write(film({ ms: 2000, video, gop: 4000 }));
    stage.feed.flush();
    const [, ...blocks] = cursor.take(Infinity);
    expect(wordsOf(blocks).slice(0, 4)).toEqual(['K0', 'P40', 'P80', 'P120']);
    expect(wordsOf(blocks)).toHaveLength(50);
    expect(blocks.filter((bytes) => bytes.buffer !== memory.buffer).map((bytes) => wordsOf([bytes])[0])).toEqual([
      'K0',
      'P960',
    ]);
  });

  test('fixed: frames are gathered for that long and leave as one buffer', async () => {
    const stage = new FeedStage({ merge: new MergeWindow(100) });
    stage.update(video);
    let calls = 0;
    const cursor = stage.feed.join(() => calls++);
    await stage.write(film({ ms: 400, video }).slice(0, 3));
    expect(calls).toBe(0);
    stage.scheduler.advanceTo(100 * MILLISECOND);
    expect(calls).toBe(1);
    expect(cursor.take(Infinity).map((bytes) => wordsOf([bytes]))).toEqual([['[v1]'], ['K0', 'P40', 'P80']]);
  });

  test('adaptive: there is none while the loop has time to spare, and it grows to 100 ms as it fills', () => {
    const merge = new MergeWindow('auto');
    for (let i = 0; i < 50; i++) merge.observe(0.3);
    expect(merge.window).toBe(0);
    let before = 0;
    for (let i = 0; i < 50; i++) {
      merge.observe(0.95);
      expect(merge.window).toBeGreaterThanOrEqual(before);
      before = merge.window;
    }
    expect(merge.window).toBeGreaterThan(99 * MILLISECOND);
    expect(merge.window).toBeLessThanOrEqual(100 * MILLISECOND);
    for (let i = 0; i < 50; i++) merge.observe(0.2);
    expect(merge.window).toBe(0);
  });

  test('a joiner gets what is gathered without waiting for the window', async () => {
    const stage = new FeedStage({ merge: new MergeWindow(100) });
    stage.update(video);
    await stage.write(film({ ms: 80, video }));
    expect(drain(stage.feed.join(() => {}))).toEqual(['[v1]', 'K0', 'P40']);
  });
});

describe('the end', () => {
  test('comes after everything was taken', async () => {
    const stage = new FeedStage();
    stage.update(video);
    let calls = 0;
    const cursor = stage.feed.join(() => calls++);
    await stage.write([frame(video, 0, { key: true })]);
    stage.feed.write(frame(video, 40), false);
    stage.feed.end('ended');
    expect(cursor.ended).toBeUndefined();
    expect(drain(cursor)).toEqual(['[v1]', 'K0', 'P40']);
    expect(cursor.ended).toBe('ended');
    expect(calls).toBeGreaterThan(1);
  });

  test('leaves no timer behind', async () => {
    const stage = new FeedStage({ merge: new MergeWindow(100) });
    stage.update(video);
    stage.feed.join(() => {});
    await stage.write([frame(video, 0, { key: true })]);
    stage.feed.end('ended');
    stage.scheduler.advance(SECOND);
    expect(stage.scheduler.pending).toBe(0);
  });
});
