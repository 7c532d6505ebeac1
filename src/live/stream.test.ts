import { describe, expect, test } from 'vitest';
import { LiveStage } from '../../test/live-stage.ts';
import { audioTrack, dataTrack, film, frame, videoTrack } from '../../test/media.ts';
import { settle } from '../../test/virtual-scheduler.ts';
import type { Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';

const video = videoTrack();
const audio = audioTrack();

describe('from idle to live', () => {
  test('a stream is live as soon as it has picture and sound', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    await camera.write(frame(video, 0, { key: true }));
    expect(stage.hub.stream('live/a')?.state).toBe('starting');
    expect(viewer.words).toEqual([]);
    await camera.write(frame(audio, 10));
    expect(stage.hub.stream('live/a')?.state).toBe('live');
    stage.scheduler.advance(50 * MILLISECOND);
    expect(viewer.words).toEqual(['[v1 a17]', 'K0', 'A10']);
  });

  test('a stream is live at once where both tracks were announced before the first frame', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    camera.publisher.announce(video);
    camera.publisher.announce(audio);
    await camera.write(frame(video, 0, { key: true }));
    expect(stage.hub.stream('live/a')?.state).toBe('live');
  });

  test.each([
    { name: 'picture alone', tracks: { video }, header: '[v1]' },
    { name: 'sound alone', tracks: { audio }, header: '[a17]' },
  ])('$name is live a second after its first frame and loses none of it', async ({ tracks, header }) => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 980, ...tracks }) });
    expect(viewer.words).toEqual([]);
    await stage.run({ by: camera, frames: film({ ms: 100, from: 1000, ...tracks }) });
    stage.scheduler.advance(SECOND);
    expect(viewer.words[0]).toBe(header);
    expect(viewer.times(/^[KPA]/)[0]).toBe(0);
    expect(stage.hub.stream('live/a')?.state).toBe('live');
  });

  test('frames before the first key frame are of no use to anyone', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    camera.publisher.announce(audio);
    await stage.run({
      by: camera,
      frames: [frame(video, 0), frame(video, 40), frame(video, 80, { key: true }), frame(video, 120)],
    });
    expect(viewer.times()).toEqual([0, 40]);
  });

  test('a track that appears after five seconds goes out inline', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 5000, video }) });
    await stage.run({ by: camera, frames: film({ ms: 1200, from: 5000, video, audio }) });
    expect(viewer.words[0]).toBe('[v1]');
    expect(viewer.words.indexOf('+a17')).toBeGreaterThan(viewer.words.indexOf('K4000'));
    expect(viewer.words.indexOf('+a17')).toBeLessThan(viewer.words.indexOf('A5000'));
    expect((await stage.play()).words[0]).toBe('[v1 a17]');
  });

  test('what is held back until the tracks are known is bounded in bytes', async () => {
    const stage = new LiveStage({ gop: { duration: 10 * SECOND, bytes: 1000 } });
    const viewer = await stage.play();
    const camera = await stage.publish();
    await camera.write(frame(video, 0, { key: true, size: 900 }), frame(video, 40, { size: 200 }));
    expect(stage.hub.stream('live/a')?.state).toBe('live');
    expect(viewer.words).toEqual(['[v1]', 'K0', 'P40']);
  });

  test('data alone does not start a broadcast', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    await camera.write(frame(dataTrack(), 0));
    stage.scheduler.advance(5 * SECOND);
    expect(stage.hub.stream('live/a')?.active).toBe(false);
  });
});

describe('a change of configuration', () => {
  test('reaches those who watch before the frame that needs it, and those who join in the header', async () => {
    const stage = new LiveStage();
    const wide = videoTrack([9]);
    const viewer = await stage.play();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 2000, video, audio }) });
    camera.publisher.announce(wide);
    await stage.run({ by: camera, frames: film({ ms: 1000, from: 2000, video: wide, audio }) });
    expect(viewer.words.indexOf('+v9')).toBe(viewer.words.indexOf('K2000') - 1);
    expect(viewer.words.filter((word) => word.startsWith('['))).toHaveLength(1);
    expect((await stage.play()).words[0]).toBe('[v9 a17]');
  });

  test('in the sound in the middle of a GOP is told in its place to one who joins later', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 500, video, audio }) });
    await stage.run({ by: camera, frames: film({ ms: 400, from: 500, video, audio: audioTrack([20]) }) });
    const { words } = await stage.play();
    expect(words[0]).toBe('[v1 a17]');
    expect(words.indexOf('+a20')).toBe(words.indexOf('A500') - 1);
  });
});

describe('several pictures', () => {
  const second: Track = { ...videoTrack([2]), id: 0x101 };

  test('one that is announced and never comes keeps no other from being seen', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const by = await stage.publish();
    by.publisher.announce(video);
    await stage.run({ by, frames: film({ ms: 8000, video: second, audio }) });
    expect(stage.hub.stream('live/a')!.tracks).toEqual([audio, second]);
    expect(viewer.words).toContain('K7000');
  });

  test('the one with the lowest number is played, whichever comes first', async () => {
    const stage = new LiveStage();
    const by = await stage.publish();
    const frames = [...film({ ms: 400, video: second, audio }), ...film({ ms: 400, video })];
    await stage.run({ by, frames });
    const viewer = await stage.play();
    expect(viewer.words[0]).toBe('[v1 a17]');
    expect(viewer.words.filter((word) => /^[KP]/.test(word))).toHaveLength(10);
  });

  test('each is of use from its own key frame on', async () => {
    const stage = new LiveStage();
    const seen: string[] = [];
    const by = await stage.publish();
    stage.hub.stream('live/a')!.add({
      update: () => {},
      write: ({ track, key, dts }) => seen.push(`${track === second ? 'second' : 'first'} ${dts / 1000} ${key}`),
      end: () => {},
    });
    by.publisher.announce(audio);
    await stage.run({
      by,
      frames: [
        frame(video, 0, { key: true }),
        frame(second, 0),
        frame(video, 40),
        frame(second, 40, { key: true }),
        frame(second, 80),
      ],
    });
    expect(seen).toEqual(['first 0 true', 'first 40 false', 'second 40 true', 'second 80 false']);
  });
});

describe('a lost publisher', () => {
  test('leaves its viewers where they are, and one with the same configuration changes nothing for them', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 2000, video, audio }) });
    first.publisher.end('lost');
    expect(stage.hub.stream('live/a')).toMatchObject({ state: 'waiting', reason: 'lost' });
    const broadcast = stage.hub.stream('live/a')?.broadcast?.id;
    stage.scheduler.advance(4 * SECOND);

    const second = await stage.publish();
    await stage.run({ by: second, frames: film({ ms: 1000, video: videoTrack(), audio: audioTrack() }) });
    const stream = stage.hub.stream('live/a')!;
    expect(stream.state).toBe('live');
    expect(stream.broadcast?.id).toBe(broadcast);
    expect(viewer.words.filter((word) => /^[[+]/.test(word))).toEqual(['[v1 a17]']);
    expect(viewer.ended).toBeUndefined();
    const times = viewer.times();
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // Pictures stood still for as long as nobody sent any.
    const gap = times[50]! - times[49]!;
    expect(gap).toBeGreaterThanOrEqual(4000);
    expect(gap).toBeLessThanOrEqual(4080);
  });

  test('that comes back with another picture is announced once', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 1000, video, audio }) });
    first.publisher.end('lost');
    const second = await stage.publish();
    await stage.run({ by: second, frames: film({ ms: 1000, video: videoTrack([7]), audio }) });
    expect(viewer.words.filter((word) => /^[[+]/.test(word))).toEqual(['[v1 a17]', '+v7']);
  });

  test.each(['is lost', 'is taken over'])(
    'that %s by one who numbers its picture otherwise is seen again',
    async (how) => {
      const stage = new LiveStage();
      const viewer = await stage.play();
      const first = await stage.publish();
      const other: Track = { ...videoTrack([9]), id: 0x101 };
      await stage.run({ by: first, frames: film({ ms: 1000, video: other, audio }) });
      if (how === 'is lost') first.publisher.end('lost');
      const second = await stage.publish();
      await stage.run({ by: second, frames: film({ ms: 2000, video, audio }) });
      expect(stage.hub.stream('live/a')!.tracks).toEqual([video, audio]);
      expect(viewer.words.filter((word) => /^[[+]/.test(word))).toEqual(['[a17 v9]', '+v1']);
      expect(viewer.words.slice(viewer.words.indexOf('+v1')).filter((word) => /^[KP]/.test(word))).toHaveLength(50);
    },
  );

  test('that comes back without sound has none a second later', async () => {
    const stage = new LiveStage();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 1000, video, audio }) });
    first.publisher.end('lost');
    const second = await stage.publish();
    await stage.run({ by: second, frames: film({ ms: 900, video }) });
    expect(stage.hub.stream('live/a')!.tracks).toEqual([video, audio]);
    await stage.run({ by: second, frames: film({ ms: 1000, from: 1000, video }) });
    expect(stage.hub.stream('live/a')!.tracks).toEqual([video]);
  });

  test('that does not come back within the grace ends the broadcast, and nothing is left', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1000, video, audio }) });
    camera.publisher.end('error');
    stage.scheduler.advance(15 * SECOND - 1);
    expect(viewer.ended).toBeUndefined();
    stage.scheduler.advance(1);
    expect(viewer.ended).toBe('ended');
    viewer.leave();
    expect([...stage.hub.streams()]).toEqual([]);
    expect(stage.scheduler.pending).toBe(0);
  });

  test('leaves the GOP to those who join meanwhile', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1500, video, audio }) });
    camera.publisher.end('lost');
    stage.scheduler.advance(5 * SECOND);
    expect((await stage.play()).words.slice(0, 2)).toEqual(['[v1 a17]', 'K1000']);
  });

  test('in its first second leaves its viewers where they are, too', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 400, video }) });
    first.publisher.end('lost');
    expect(viewer.ended).toBeUndefined();
    const second = await stage.publish();
    await stage.run({ by: second, frames: film({ ms: 2000, video }) });
    expect(viewer.ended).toBeUndefined();
    expect(viewer.times().length).toBeGreaterThan(50);
  });

  test('with a grace of 0 ends the broadcast at once', async () => {
    const stage = new LiveStage({ grace: 0 });
    const viewer = await stage.play();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1000, video, audio }) });
    camera.publisher.end('lost');
    expect(viewer.ended).toBe('ended');
  });

  test('whose clock stands elsewhere goes on in the stream’s own time, also for data', async () => {
    const stage = new LiveStage();
    const times: number[] = [];
    const camera = await stage.publish();
    const data = dataTrack();
    stage.hub
      .stream('live/a')!
      .add({ update() {}, write: ({ track, dts }) => void (track.kind === 'data' && times.push(dts)), end() {} });
    await stage.run({ by: camera, frames: film({ ms: 1000, video, audio }) });
    await camera.write(frame(data, 3500));
    camera.publisher.end('lost');
    const again = await stage.publish();
    await stage.run({ by: again, frames: film({ ms: 100, from: 9_000_000, video, audio }) });
    await again.write(frame(data, 9_000_100));
    expect(times).toHaveLength(2);
    expect(times[1]).toBeGreaterThanOrEqual(times[0]!);
  });
});

describe('the end', () => {
  test('a clean unpublish ends the broadcast at once; the next one is new and starts at 0', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 1000, video, audio }) });
    const { broadcast } = stage.hub.stream('live/a')!;
    const { id } = broadcast!;
    first.publisher.end('ended');
    expect(viewer.ended).toBe('ended');
    expect(stage.hub.stream('live/a')).toMatchObject({ state: 'ended', reason: 'ended', broadcast: undefined });
    expect(stage.hub.stream('live/a')?.last).toBeDefined();

    const second = await stage.publish();
    const late = await stage.play();
    await stage.run({ by: second, frames: film({ ms: 200, from: 77_000, video: videoTrack([3]), audio }) });
    expect(stage.hub.stream('live/a')?.broadcast?.id).not.toBe(id);
    expect(late.words.slice(0, 2)).toEqual(['[v3 a17]', 'K0']);
    expect(viewer.words.some((word) => word.includes('v3'))).toBe(false);
  });

  test('every change is told once and in order', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 500, video, audio }) });
    camera.publisher.end('lost');
    stage.scheduler.advance(15 * SECOND);
    expect(stage.told).toEqual([
      'start publish live/a',
      'live/a starting',
      'live/a live',
      'live/a waiting lost',
      'end publish live/a lost',
      'live/a ended ended',
    ]);
    expect(stage.faults).toEqual([]);
  });

  test('a sink that is added later begins with the current GOP, and one that is removed gets no more', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 1200, video, audio }) });
    const seen: string[] = [];
    const stop = stage.hub.stream('live/a')!.add({
      update: (tracks) => seen.push(`tracks ${tracks.length}`),
      write: ({ dts, track }, start) => seen.push(`${track.kind} ${dts / MILLISECOND}${start ? ' start' : ''}`),
      end: (reason) => seen.push(reason),
    });
    expect(seen.slice(0, 2)).toEqual(['tracks 2', 'video 1000 start']);
    stop();
    const count = seen.length;
    await camera.write(frame(video, 1200));
    expect(seen).toHaveLength(count);
    camera.publisher.end('ended');
    await settle();
    expect(seen).toHaveLength(count);
  });

  test('a sink that wants the past begins with the GOPs before, told as they came', async () => {
    const stage = new LiveStage({ gop: { duration: 10 * SECOND, bytes: 1e6, segment: SECOND } });
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 4200, video, audio }) });
    expect(stage.hub.stream('live/a')!.hasPast).toBe(true);
    first.publisher.end('lost');
    const second = await stage.publish();
    const other = videoTrack([1, 0x64, 0, 0x28]);
    await stage.run({ by: second, frames: film({ ms: 1200, video: other, audio }) });
    const seen: string[] = [];
    stage.hub.stream('live/a')!.add(
      {
        update: (tracks) => seen.push(`tracks ${tracks.map(({ config }) => config.at(-1)).join()}`),
        begin: () => seen.push('begin'),
        write: ({ track }, start) => start && seen.push(`${track.kind} start`),
        end: () => {},
      },
      { past: true },
    );
    const tracks = [video, audio].map(({ config }) => config.at(-1)).join();
    expect(seen).toEqual([
      `tracks ${tracks}`,
      ...['video start', 'video start', 'video start', 'begin'],
      `tracks ${[other, audio].map(({ config }) => config.at(-1)).join()}`,
      ...['video start', 'video start'],
    ]);
  });

  test('the numbers of a stream are those of what was written', async () => {
    const stage = new LiveStage();
    const camera = await stage.publish();
    await stage.run({ by: camera, frames: film({ ms: 6000, gop: 2000, video, audio }) });
    const { rates } = stage.hub.stream('live/a')!;
    expect(rates.gop).toBe(2);
    expect(rates.frameRate).toBeCloseTo(25, 0);
    expect(rates.audioBitRate).toBeCloseTo(50 * 20 * 8, -3);
    expect(rates.bitRate).toBe(rates.videoBitRate + rates.audioBitRate);
    stage.scheduler.advance(10 * SECOND);
    expect(stage.hub.stream('live/a')!.rates.bitRate).toBe(0);
  });
});
