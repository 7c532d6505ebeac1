import { describe, expect, test } from 'vitest';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { SegmentStage } from '../../test/segment-stage.ts';
import type { Frame } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';

const video = videoTrack();
const audio = audioTrack();

/** Frames of several tracks in the order of their times. */
const together = (...films: readonly Frame[][]): Frame[] => films.flat().toSorted((a, b) => a.dts - b.dts);

describe('parts', () => {
  test('are whole pictures, no longer than the target and no shorter than 85 % of it, but for the last', () => {
    for (const [fps, target] of [
      [60, 401],
      [50, 400],
      [30, 401],
      [25, 400],
      [24, 400],
      [15, 401],
      [12, 418],
      [5, 400],
      [2, 501],
      [1, 1001],
    ] as const) {
      const stage = new SegmentStage();
      stage.update(video);
      const count = fps * 6 + 1;
      stage.write(
        Array.from({ length: count }, (_, i) =>
          frame(video, Math.round((i * 1000) / fps), { key: i % (2 * fps) === 0, size: 20 }),
        ),
      );
      expect(stage.segments.partTarget / MILLISECOND, `${fps} fps`).toBe(target);
      for (const sequence of [1, 2]) {
        const durations = stage.durations(sequence);
        for (const duration of durations) expect(duration).toBeLessThanOrEqual(target);
        for (const duration of durations.slice(0, -1))
          expect(duration, `${fps} fps`).toBeGreaterThanOrEqual(0.85 * target);
        expect(durations.reduce((sum, duration) => sum + duration, 0)).toBe(2000);
      }
    }
  });

  test('have all the pictures that the option has room for, where times are whole milliseconds', () => {
    for (const [fps, pictures, target] of [
      [30, 10, 334],
      [60, 20, 335],
      [24, 8, 335],
      [25, 8, 333],
      [50, 16, 333],
    ] as const) {
      const stage = new SegmentStage({ part: 333 * MILLISECOND });
      stage.update(video);
      const times = Array.from({ length: fps * 6 + 1 }, (_, i) => Math.round((i * 1000) / fps));
      stage.write(times.map((time, i) => frame(video, time, { key: i % (2 * fps) === 0, size: 20 })));
      expect(stage.segments.partTarget / MILLISECOND, `${fps} fps`).toBe(target);
      for (const part of stage.parts(2).slice(0, -1))
        expect(part.match(/[KP]\d/g), `${fps} fps`).toHaveLength(pictures);
      for (const duration of stage.durations(2)) expect(duration).toBeLessThanOrEqual(target);
    }
  });

  test('say when their last frames end, of sound as well as of pictures', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    stage.write(film({ ms: 2500, gop: 2000, video, audio }));
    expect(stage.parts(1)[0]).toBe(
      '|1 K0 A0 A20 P40 A40 A60 P80 A80 A100 P120 A120 A140 P160 A160 A180 P200 A200 A220 P240 A240 A260 P280 A280 A300 P320 A320 A340 P360>400 A360>380',
    );
    expect(stage.parts(1)[1]).toMatch(/^\+2 A380 P400 A400/);
    expect(stage.parts(1).at(-1)).toMatch(/ P1960>2000 A1960 A1980>2000$/);
    expect(stage.parts(2)[0]).toMatch(/^\|6 K2000 A2000/);
  });

  test('C-HLS-14 end with their segment when its sound has come as far as its pictures', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    // Sound of 23 ms, which is 70 ms behind its picture.
    const sound = Array.from({ length: 200 }, (_, i) => frame(audio, 23 * i));
    const behind = (one: Frame): number => one.dts + (one.track === audio ? 70 * MILLISECOND : 0);
    const frames = [...film({ ms: 4100, gop: 2000, video }), ...sound].toSorted((a, b) => behind(a) - behind(b));
    const at = frames.findIndex(({ track, dts }) => track === audio && dts > 2 * SECOND);
    stage.write(frames.slice(0, at));
    expect(stage.list()).toEqual([]);
    stage.write(frames.slice(at, at + 1));
    expect(stage.list()).toEqual(['1 0-2000 K']);
    stage.write(frames.slice(at + 1));
    expect(stage.parts(1).at(-1)).toMatch(/ A1978>2001$/);
    expect(stage.parts(2)[0]).toMatch(/^\|6 K2000 P2040 A2001 /);
    expect(stage.durations(2)).toEqual([400, 400, 400, 400, 400]);
  });

  test.each([
    ['pauses', 1990, 2080],
    ['is further behind', 1890, 1990],
  ])('end with their segment without the last of a sound that %s', (_why, until, since) => {
    const stage = new SegmentStage({ part: 0 });
    stage.update(video, audio);
    const sound = film({ ms: 4100, audio }).filter(({ dts }) => dts < until * MILLISECOND || dts > 3 * SECOND);
    const frames = together(film({ ms: 4100, gop: 2000, video }), sound);
    const at = frames.findIndex(({ dts }) => dts > since * MILLISECOND);
    stage.write(frames.slice(0, at));
    expect(stage.list()).toEqual([]);
    stage.write(frames.slice(at, at + 1));
    expect(stage.list()).toEqual(['1 0-2000 K']);
  });

  test('are independent exactly where they begin with a key frame', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 2100, gop: 1000, video }));
    const flags = stage.segments
      .rendition('main')!
      .window.find(1)!
      .parts.map(({ independent }) => independent);
    expect(flags).toEqual([true, false, false, false, false]);
  });

  test('C-HLS-20 are no longer than their target where pictures stand still, as long as there is sound', () => {
    for (const hole of [300, 480, 900, 1400]) {
      const stage = new SegmentStage({ gop: 2 * SECOND });
      stage.update(video, audio);
      const pictures = film({ ms: 8100, gop: 2000, video }).filter(({ dts, key }) => {
        const at = (dts / MILLISECOND) % 2000;
        return key || at < 560 || at >= 560 + hole;
      });
      stage.write(together(pictures, film({ ms: 8100, audio })));
      for (const sequence of [3, 4]) {
        const durations = stage.durations(sequence);
        for (const duration of durations) expect(duration, `${hole} ms`).toBeLessThanOrEqual(400);
        for (const duration of durations.slice(0, -1)) expect(duration, `${hole} ms`).toBeGreaterThanOrEqual(340);
        expect(stage.parts(sequence).every((part) => part.includes('A'))).toBe(true);
      }
    }
  });

  test('C-HLS-14 end with a picture where a line stood still, and then all comes at once', () => {
    const stage = new SegmentStage({ gop: 4 * SECOND });
    stage.update(video, audio);
    const sound = Array.from({ length: 170 }, (_, i) => frame(audio, 23 * i));
    const frames = together(film({ ms: 3900, gop: 4000, video }), sound);
    // The first that comes is sound, at 2392 ms, where the part is as good as full.
    const at = frames.findIndex(({ dts }) => dts > 2.37 * SECOND);
    stage.write(frames.slice(0, at));
    stage.scheduler.advance(3 * SECOND);
    stage.write(frames.slice(at));
    const { listed, current } = stage.segments.rendition('main')!.window;
    const durations = [...listed, current!].flatMap(({ parts }) => parts.map(({ duration }) => duration / MILLISECOND));
    expect(durations).toEqual([400, 400, 400, 400, 400, 400, 400, 400, 400]);
  });

  test('C-HLS-20 of pictures alone that stand still are one that is too long, and none beside it that is too short', () => {
    const stage = new SegmentStage({ gop: 2 * SECOND });
    stage.update(video);
    stage.write(film({ ms: 4100, gop: 2000, video }).filter(({ dts }) => dts < 2.48 * SECOND || dts >= 3.4 * SECOND));
    expect(stage.durations(3)).toEqual([400, 1000, 400, 200]);
  });

  test('C-HLS-14 say when their last sound ends, however short they are', () => {
    const stage = new SegmentStage({ gop: 2 * SECOND });
    stage.update(video, audio);
    // The last part has one picture, before and in which no sound comes.
    const sound = film({ ms: 5000, audio }).map((one) => ({ ...one, dts: one.dts + 7 * MILLISECOND }));
    const pictures = film({ ms: 4840, gop: 4840, video });
    stage.write(together([...pictures, ...film({ ms: 1000, from: 4840, gop: 2000, video })], sound));
    const words = stage.segments
      .rendition('main')!
      .window.listed.flatMap(({ sequence }) => stage.parts(sequence))
      .flatMap((part) => part.split(' ').filter((word) => word.startsWith('A') && !word.includes('>')));
    const last = stage.segments.rendition('main')!.window.listed.flatMap(({ sequence }) => stage.parts(sequence));
    for (const part of last) expect(part.split(' ').findLast((word) => word.startsWith('A'))).toContain('>');
    expect(words.length).toBeGreaterThan(100);
  });

  test('are not there where they are off', () => {
    const stage = new SegmentStage({ part: 0 });
    stage.update(video);
    stage.write(film({ ms: 2100, gop: 2000, video }));
    expect(stage.segments.partTarget).toBe(0);
    expect(stage.durations(1)).toEqual([2000]);
  });
});

describe('what is ready', () => {
  test('with parts a list is ready with three of them, which are the first segment, where the GOP is known', () => {
    const stage = new SegmentStage({ gop: 2 * SECOND });
    stage.update(video);
    stage.write(film({ ms: 1200, gop: 2000, video }));
    expect(stage.segments.ready).toBe(false);
    expect(stage.segments.renditions).toEqual([]);
    stage.write(film({ ms: 3000, from: 1200, video }).map((one) => ({ ...one, key: one.dts % (2 * SECOND) === 0 })));
    expect(stage.segments.ready).toBe(true);
    expect(stage.list()).toEqual(['1 0-1200 K', '2 1200-2000', '3 2000-4000 K']);
  });

  test.each([
    [520, 1040],
    [1000, 2000],
    [1480, 1200],
    [3000, 1600],
    [4000, 2400],
    [9000, 7600],
  ])(
    'with a GOP of %i ms the first segment has %i: no more than four parts of the GOP are left then',
    (gop, length) => {
      const stage = new SegmentStage({ gop: gop * MILLISECOND });
      stage.update(video);
      stage.write(film({ ms: 12_000, gop, video }));
      expect(stage.segments.rendition('main')!.window.find(1)!.duration).toBe(length * MILLISECOND);
    },
  );

  test('a list says that its segments are independent once those that are not have left it', () => {
    const stage = new SegmentStage({ gop: 2 * SECOND });
    stage.update(video);
    const { segments } = stage;
    const seen: boolean[] = [];
    for (const one of film({ ms: 19_000, gop: 2000, video })) {
      stage.write([one]);
      if (one.dts % SECOND === 40_000) seen.push(segments.rendition('main')!.window.independent);
    }
    expect(seen.lastIndexOf(false)).toBeGreaterThan(seen.indexOf(false) + 8);
    expect(seen.at(-1)).toBe(true);
  });

  test('where the GOP is not known, its end is waited for', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 3000, gop: 3000, video }));
    expect(stage.segments.ready).toBe(false);
    stage.write(film({ ms: 40, from: 3000, video }));
    expect(stage.segments.ready).toBe(true);
    expect(stage.segments.target).toBe(3);
  });

  test('without parts it is ready with the first segment', () => {
    const stage = new SegmentStage({ part: 0, gop: 2 * SECOND });
    stage.update(video);
    stage.write(film({ ms: 2000, gop: 2000, video }));
    expect(stage.segments.ready).toBe(false);
    stage.write(film({ ms: 40, from: 2000, video }));
    expect(stage.segments.ready).toBe(true);
  });
});

describe('sound that is rare', () => {
  test('C-HLS-14 says when it ends where a short part has none of its own', () => {
    const stage = new SegmentStage({ gop: 2 * SECOND });
    stage.update(video, audio);
    // A part begins at 4840 ms, and a segment at 4880: the newest sound is of 4830 then, and the next of 4894.
    const sound = Array.from({ length: 125 }, (_, i) => frame(audio, 30 + 64 * i));
    const pictures = [...film({ ms: 4880, gop: 4880, video }), ...film({ ms: 3100, from: 4880, gop: 2000, video })];
    stage.write(together(pictures, sound));
    const parts = stage.segments.rendition('main')!.window.listed.flatMap(({ sequence }) => stage.parts(sequence));
    const last = parts.map((part) => part.split(' ').findLast((word) => word.startsWith('A')));
    expect(parts.length).toBeGreaterThan(10);
    expect(last.filter((word) => word !== undefined && !word.includes('>'))).toEqual([]);
    expect(parts.filter((part) => part.includes('A4830'))).toEqual([expect.stringMatching(/ A4830>4894 P4840>4880$/)]);
  });
});
