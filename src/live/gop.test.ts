import { describe, expect, test } from 'vitest';
import { audioTrack, dataTrack, film, frame, videoTrack } from '../../test/media.ts';
import type { Frame, Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { GopCache, type GopLimits, JoinPoints, weight } from './gop.ts';

const video = videoTrack();
const audio = audioTrack();

/** Times in ms at which a joiner can start. */
function joinsOf(frames: readonly Frame[], tracks: readonly Track[]): number[] {
  const joins = new JoinPoints();
  return frames.filter((each) => joins.at(each, tracks)).map(({ dts }) => dts / MILLISECOND);
}

describe('join points', () => {
  test('are the key frames where there is a picture', () => {
    expect(joinsOf(film({ ms: 3000, video, audio }), [video, audio])).toEqual([0, 1000, 2000]);
  });

  test('are once a second where there is sound alone', () => {
    expect(joinsOf(film({ ms: 3500, audio }), [audio])).toEqual([0, 1000, 2000, 3000]);
  });

  test('are in the sound again once the picture has stood still for two seconds', () => {
    const frames = [...film({ ms: 1000, video, audio }), ...film({ ms: 5000, from: 1000, audio })];
    const joins = joinsOf(frames, [video, audio]);
    expect(joins[0]).toBe(0);
    expect(joins[1]).toBeGreaterThan(2900);
    expect(joins[1]).toBeLessThan(3100);
    expect(joins).toHaveLength(5);
  });

  test('are at the first sound of a stream whose picture is still to come, and then at that', () => {
    const frames = [...film({ ms: 5000, audio }), ...film({ ms: 40, from: 5000, video })];
    expect(joinsOf(frames, [video, audio])).toEqual([0, 5000]);
  });

  test('are never in data', () => {
    const data = dataTrack();
    expect(joinsOf([frame(data, 0), frame(data, 5000)], [data])).toEqual([]);
  });
});

describe('the GOP cache', () => {
  function fill(limits: GopLimits, frames: readonly Frame[]): GopCache {
    const cache = new GopCache(limits);
    const joins = new JoinPoints();
    const tracks = [video, audio];
    for (const each of frames) cache.add(each, joins.at(each, tracks), tracks);
    return cache;
  }

  test('holds the frames since the newest key frame, sound included', () => {
    const { frames } = fill({ duration: 10 * SECOND, bytes: 1e6 }, film({ ms: 2500, video, audio })).current;
    expect(frames[0]).toMatchObject({ key: true, dts: 2 * SECOND });
    expect(frames).toHaveLength(13 + 25);
  });

  test('is empty until a key frame comes', () => {
    expect(fill({ duration: 10 * SECOND, bytes: 1e6 }, [frame(video, 0), frame(video, 40)]).current.frames).toEqual([]);
  });

  test('holds a GOP of exactly its duration and forgets a longer one until the next key frame', () => {
    const limits = { duration: 2 * SECOND, bytes: 1e6 };
    const long = film({ ms: 2000, gop: 60_000, video });
    expect(fill(limits, [...long, frame(video, 2000)]).current.frames).toHaveLength(51);
    expect(fill(limits, [...long, frame(video, 2000), frame(video, 2040)]).current.frames).toHaveLength(0);
    expect(
      fill(limits, [...long, frame(video, 2040), frame(video, 2080), frame(video, 2120, { key: true })]).current.frames,
    ).toHaveLength(1);
  });

  test('never holds more bytes than its limit', () => {
    const limits = { duration: 10 * SECOND, bytes: 1000 };
    const cache = new GopCache(limits);
    for (let i = 0; i < 50; i++) {
      cache.add(frame(video, i * 40, { key: i === 0, size: 100 }), i === 0, [video]);
      expect(cache.current.frames.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(1000);
    }
    expect(cache.current.frames).toHaveLength(0);
  });

  test('holds nothing at all when it is turned off', () => {
    expect(fill({ duration: 0, bytes: 1e6 }, film({ ms: 2500, video, audio })).current.frames).toEqual([]);
  });

  test('knows the tracks in force at its first frame', () => {
    const cache = new GopCache({ duration: 10 * SECOND, bytes: 1e6 });
    cache.add(frame(video, 0, { key: true }), true, [video]);
    cache.add(frame(audio, 20), false, [video, audio]);
    expect(cache.current.tracks).toEqual([video]);
  });

  describe('of the past', () => {
    const limits = { duration: 10 * SECOND, bytes: 1e6, segment: 2 * SECOND };
    const starts = ({ past, current }: GopCache): number[] =>
      [...past, current].flatMap(({ frames }) => frames.slice(0, 1).map(({ dts }) => dts / SECOND));

    test('keeps nothing where that is not asked for', () => {
      expect(fill({ duration: 10 * SECOND, bytes: 1e6 }, film({ ms: 9500, video, audio })).past).toEqual([]);
    });

    test('keeps the whole GOPs of so much time before the current one', () => {
      expect(starts(fill(limits, film({ ms: 20_500, video, audio })))).toEqual([14, 15, 16, 17, 18, 19, 20]);
      expect(starts(fill(limits, film({ ms: 3500, video, audio })))).toEqual([0, 1, 2, 3]);
    });

    test('keeps three GOPs, however long they are', () => {
      expect(starts(fill(limits, film({ ms: 31_000, gop: 5000, video })))).toEqual([15, 20, 25, 30]);
    });

    test('has every frame once, and the tracks in force with each GOP', () => {
      const frames = film({ ms: 3500, video, audio });
      const { past, current } = fill(limits, frames);
      const kept = [...past, current].flatMap((gop) => gop.frames);
      const first = frames.findIndex(({ track, dts }) => track === kept[0]!.track && dts === kept[0]!.dts);
      expect(kept).toEqual(frames.slice(first));
      expect(past.every(({ tracks }) => tracks.length === 2)).toBe(true);
    });

    test('goes before the current GOP does where there are too many bytes', () => {
      const cache = new GopCache({ ...limits, bytes: 20_000 });
      for (let i = 0; i < 200; i++) {
        cache.add(frame(video, i * 40, { key: i % 25 === 0, size: 100 }), i % 25 === 0, [video]);
        const kept = [...cache.past, cache.current].flatMap(({ frames }) => frames);
        expect(kept.reduce((sum, each) => sum + weight(each), 0)).toBeLessThanOrEqual(20_000);
        expect(kept.length).toBeGreaterThan(0);
      }
      expect(starts(cache)).toEqual([6, 7]);
    });

    test('is nothing before a GOP that was too long to be kept', () => {
      const long = film({ ms: 3000, gop: 60_000, from: 3000, video });
      const cache = fill({ ...limits, duration: 2 * SECOND }, [...film({ ms: 3000, video }), ...long]);
      expect(starts(cache)).toEqual([]);
      cache.add(frame(video, 6000, { key: true }), true, [video]);
      expect(starts(cache)).toEqual([6]);
    });

    test('is nothing before the first picture where there was sound alone', () => {
      const cache = new GopCache(limits);
      for (let ms = 0; ms < 3000; ms += 20) cache.add(frame(audio, ms), ms % 1000 === 0, [audio]);
      expect(starts(cache)).toEqual([0, 1, 2]);
      for (let ms = 3000; ms < 5000; ms += 40)
        cache.add(frame(video, ms, { key: ms % 1000 === 0 }), ms % 1000 === 0, [video, audio]);
      expect(starts(cache)).toEqual([3, 4]);
    });

    test('knows where another publisher began', () => {
      const cache = new GopCache(limits);
      const add = (ms: number, key = false): void => cache.add(frame(video, ms, { key }), key, [video]);
      add(0, true);
      add(40);
      cache.mark();
      add(80);
      add(1000, true);
      cache.mark();
      add(2000, true);
      expect([...cache.past, cache.current].map((gop) => gop.break)).toEqual([2, 1, undefined]);
    });
  });
});
