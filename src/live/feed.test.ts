import { describe, expect, test } from 'vitest';
import { drain, FeedStage } from '../../test/feed-stage.ts';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { settle } from '../../test/virtual-scheduler.ts';
import { WordMuxer, wordsOf } from '../../test/word-muxer.ts';
import type { Frame, Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import type { Cursor } from './cursor.ts';
import { MergeWindow } from './merge.ts';

const video = videoTrack();
const audio = audioTrack();

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

  test('a viewer who came before the first frame gets all from there, the sound before the picture, too', async () => {
    const stage = new FeedStage();
    let calls = 0;
    const cursor = stage.feed.join(() => calls++);
    stage.update(video, audio);
    await stage.write([frame(audio, 0), frame(audio, 20), frame(video, 40, { key: true })]);
    expect(drain(cursor)).toEqual(['[v1 a17]', 'A0', 'A20', 'K40']);
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

  test('where the picture is left out, a joiner starts with the sound behind its key frame', async () => {
    const stage = new FeedStage({ muxer: new WordMuxer({ carries: ['audio'] }) });
    const early = stage.feed.join(() => {});
    stage.update(video, audio);
    await stage.write(film({ ms: 1060, video, audio }));
    stage.feed.flush();
    expect(drain(stage.feed.join(() => {}))).toEqual(['[a17]', 'A1000', 'A1020', 'A1040']);
    expect(drain(early).slice(0, 3)).toEqual(['[a17]', 'A0', 'A20']);
  });

  test.each([
    ['key frames at other times', 500],
    ['its key frame right before that of the picture that is played', -10],
    ['its key frame right behind that', 10],
  ])(
    'where another picture is carried than the one that is played, with %s, a joiner starts at its own',
    async (_, at) => {
      const played: Track = { ...videoTrack([5]), codec: 'h265' };
      const plain: Track = { ...videoTrack([4]), id: 0x101 };
      const other = film({ ms: 3000, from: at, video: plain }).filter(({ dts }) => dts >= 0);
      const frames = [...film({ ms: 3000, video: played, audio }), ...other].toSorted((a, b) => a.dts - b.dts);
      const stage = new FeedStage({ muxer: new WordMuxer({ carries: ['h264', 'audio'] }) });
      stage.update(played, audio, plain);
      let starts = 0;
      for (const each of frames) {
        await stage.write([each]);
        stage.feed.flush();
        const words = drain(stage.feed.join(() => {}));
        if (words.length === 0) continue;
        expect(words.slice(0, 2)).toEqual(['[a17 v4]', expect.stringMatching(/^K/)]);
        starts++;
      }
      // All but those before the first key frame.
      expect(starts).toBeGreaterThan(frames.length * 0.6);
      expect(stage.muxer.calls.find((call) => /^[KP]/.test(call))).toMatch(/^K/);
    },
  );

  test('a picture that takes the place of another is shown from its first key frame', async () => {
    const stage = new FeedStage();
    const cursor = stage.feed.join(() => {});
    const second: Track = { ...videoTrack([2]), id: 0x101 };
    stage.update(second);
    await stage.write(film({ ms: 80, video: second }));
    stage.update(video, second);
    await stage.write([frame(video, 80), frame(video, 120, { key: true }), frame(video, 160)]);
    expect(drain(cursor)).toEqual(['[v2]', 'K0', 'P40', '+v1', 'K120', 'P160']);
  });

  test('a late track is announced inline to those who watch and stands in the header of those who join', async () => {
    const stage = new FeedStage();
    const early = stage.feed.join(() => {});
    stage.update(video);
    await stage.write([frame(video, 0, { key: true })]);
    expect(drain(early)).toEqual(['[v1]', 'K0']);
    stage.update(video, audio);
    await stage.write([frame(audio, 20), frame(video, 40), frame(video, 80, { key: true })]);
    expect(drain(early)).toEqual(['+a17', 'A20', 'P40', 'K80']);
    expect(drain(stage.feed.join(() => {}))).toEqual(['[v1 a17]', 'K80']);
  });

  test('a viewer who joins a GOP in which a track appeared has it in the header, which stays true', async () => {
    const stage = new FeedStage();
    stage.update(video);
    await stage.write([frame(video, 0, { key: true })]);
    stage.update(video, audio);
    await stage.write([frame(audio, 20), frame(video, 40)]);
    expect(drain(stage.feed.join(() => {}))).toEqual(['[v1 a17]', 'K0', '+a17', 'A20', 'P40']);
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
