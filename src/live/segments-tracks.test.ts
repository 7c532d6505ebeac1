import { describe, expect, test } from 'vitest';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { SegmentStage } from '../../test/segment-stage.ts';
import { textOf, WordSegmentMuxer } from '../../test/word-segment-muxer.ts';
import type { Frame, Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';

const video = videoTrack();
const audio = audioTrack();
const video2: Track = { ...videoTrack([2]), id: 5 };
const audio2: Track = { ...audioTrack([3]), id: 6 };

/** Frames of several tracks in the order of their times. */
const together = (...films: readonly Frame[][]): Frame[] => films.flat().toSorted((a, b) => a.dts - b.dts);
const later = (frames: readonly Frame[], ms: number): Frame[] =>
  frames.map((one) => ({ ...one, dts: one.dts + ms * MILLISECOND }));

describe('pictures that are not in step', () => {
  /** Key frames of the second picture come 0.8 s later. */
  const apart = (ms: number, gop = 2000): { stage: SegmentStage; frames: Frame[] } => {
    const stage = new SegmentStage();
    stage.update(video, video2);
    const frames = together(film({ ms, gop, video }), later(film({ ms, gop, video: video2 }), 800));
    return { stage, frames };
  };

  test('are waited for during two segments, and the list with them', () => {
    const { stage, frames } = apart(6000);
    const seen: [boolean, string[]][] = [];
    for (const from of [0, 1900, 3900, 4100]) {
      stage.write(frames.filter(({ dts }) => dts >= from * MILLISECOND && dts < (from + 2000) * MILLISECOND));
      seen.push([stage.segments.ready, [...stage.leftOut]]);
    }
    expect(seen.map(([ready]) => ready)).toEqual([false, false, true, true]);
    expect(seen.map(([, leftOut]) => leftOut.length)).toEqual([0, 0, 1, 1]);
  });

  test('are not waited for any more when the stream is over', () => {
    const { stage, frames } = apart(1500);
    stage.write(frames);
    expect(stage.segments.ready).toBe(false);
    stage.segments.end('ended');
    expect([stage.segments.ready, stage.segments.renditions.map(({ id }) => id)]).toEqual([true, ['v1']]);
  });

  test('stay left out, and what else is new does not end a segment for them', () => {
    const { stage, frames } = apart(16_000, 1000);
    const at = (time: number): number => frames.findIndex(({ dts }) => dts >= time * SECOND);
    stage.write(frames.slice(0, at(9)));
    expect(stage.segments.rendition('v5')).toBeUndefined();
    stage.update(video, video2, { id: 9, kind: 'data', codec: 'amf', config: new Uint8Array() });
    stage.write(frames.slice(at(9)));
    expect(stage.segments.rendition('v5')).toBeUndefined();
    const { listed } = stage.segments.rendition('v1')!.window;
    expect(listed.map(({ duration }) => duration / SECOND)).toEqual(listed.map(() => 2));
    expect(stage.leftOut).toEqual(['5 key-frames']);
  });

  test('keep no more than a few frames meanwhile', () => {
    const stage = new SegmentStage();
    stage.update(video, video2);
    const [first, second] = [film({ ms: 3960, gop: 2000, video }), film({ ms: 3960, gop: 100_000, video: video2 })];
    stage.write(together(first, later(second, 200)));
    const { growing } = stage.segments.rendition('v5')!;
    expect(growing).toBeGreaterThan(60 * 100);
    expect(growing).toBeLessThanOrEqual(64 * 100 + 400);
  });

  test('but were so with the publisher before have gaps, and come back when they are so again', () => {
    const stage = new SegmentStage();
    stage.update(video, video2);
    const both = (ms: number): Frame[] =>
      together(film({ ms, gop: 2000, video }), film({ ms, gop: 2000, video: video2 }));
    stage.write(both(4100));
    stage.segments.begin();
    const [first, second] = [film({ ms: 8000, gop: 2000, video }), film({ ms: 8000, gop: 2000, video: video2 })];
    stage.write(later(together(first, later(second, 800)), 6000));
    expect(stage.leftOut).toEqual([]);
    const gaps = stage.list('v5').filter((line) => line.includes('gap'));
    expect(gaps).toEqual(['4 6000-8000 Dgap', '5 8000-10000 gap', '6 10000-12000 gap']);
    stage.segments.begin();
    // The last one, too, is as long as that of the first.
    expect(stage.list('v5').at(-1)).toBe(`${stage.list('v1').at(-1)!.replace(/ K$/, '')} gap`);
    stage.write(later(both(4100), 16_000));
    expect(stage.list('v5').at(-1)).toBe(stage.list('v1').at(-1));
  });
});

describe('pictures that were in step and are not any more', () => {
  test('are cut where the first are, and at once', () => {
    const stage = new SegmentStage();
    stage.update(video, video2);
    const second = film({ ms: 8200, gop: 2000, video: video2 }).map((one) => ({
      ...one,
      key: one.dts < 4 * SECOND ? one.key : (one.dts / MILLISECOND) % 2000 === 1000,
    }));
    stage.write(together(film({ ms: 8200, gop: 2000, video }), second));
    expect(stage.list('v5')).toEqual(['1 0-2000 K', '2 2000-4000 K', '3 4000-6000', '4 6000-8000']);
    expect(stage.leftOut).toEqual([]);
  });
});

describe('tracks that come and go', () => {
  test('with equal configurations need no other init segment', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    stage.write(film({ ms: 4100, gop: 2000, video, audio }));
    const same = { video: { ...video }, audio: { ...audio } };
    stage.segments.begin();
    stage.update(same.video, same.audio);
    stage.write(later(film({ ms: 4100, gop: 2000, ...same }), 6000));
    const { listed } = stage.segments.rendition('main')!.window;
    expect([listed.length, new Set(listed.map(({ init }) => init.number))]).toEqual([5, new Set([1])]);
  });

  test('a sound that comes when others are there has a list of its own, which nobody waits for', () => {
    const stage = new SegmentStage({ apart: true });
    stage.update(video, audio);
    stage.write(film({ ms: 8300, gop: 2000, video, audio }));
    stage.update(video, audio, audio2);
    const rest = together(
      later(film({ ms: 6000, gop: 2000, video, audio }), 10_000),
      later(film({ ms: 6000, audio: audio2 }), 10_000),
    );
    stage.write(film({ ms: 10_000, gop: 2000, video, audio }).filter(({ dts }) => dts >= 8300 * MILLISECOND));
    stage.write(rest.slice(0, 20));
    expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['v1', 'a2']);
    expect([stage.segments.rendition('a6')?.open, stage.segments.ready]).toEqual([true, true]);
    stage.write(rest.slice(20));
    expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['v1', 'a2', 'a6']);
    expect(stage.list('a6').at(-1)).toBe(stage.list('v1').at(-1));
  });

  test('one that changes is a discontinuity for all, also where another one comes with it', () => {
    const stage = new SegmentStage({ apart: true });
    stage.update(video, audio);
    stage.write(film({ ms: 4100, gop: 2000, video, audio }));
    const other = audioTrack([8]);
    stage.update(video, other, audio2);
    stage.write(film({ ms: 8100, gop: 2000, video, audio: other }).filter(({ dts }) => dts >= 4100 * MILLISECOND));
    for (const id of ['v1', 'a2']) expect(stage.list(id).at(-1), id).toBe('4 6000-8000 KD');
    expect(textOf(stage.segments.rendition('a2')!.window.find(4)!.init.bytes)).toBe('[a8]');
  });

  test('one that the container could not carry is there when it has a codec that it can', () => {
    const stage = new SegmentStage({ muxer: new WordSegmentMuxer({ carries: ['h264', 'aac'] }), apart: true });
    stage.update(video, audio, { ...audio2, codec: 'opus' });
    stage.write(film({ ms: 4100, gop: 2000, video, audio }));
    expect(stage.leftOut).toEqual(['6 codec']);
    stage.update(video, audio, audio2);
    const frames = together(film({ ms: 10_100, gop: 2000, video, audio }), film({ ms: 10_100, audio: audio2 }));
    stage.write(frames.filter(({ dts }) => dts >= 4100 * MILLISECOND));
    expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['v1', 'a2', 'a6']);
  });

  test('when the first picture stands still the second does not say where segments end', () => {
    const stage = new SegmentStage();
    stage.update(video, video2);
    const [first, second] = [film({ ms: 12_000, gop: 2000, video }), film({ ms: 12_000, gop: 2000, video: video2 })];
    stage.write(
      together(
        first.filter(({ dts }) => dts < 4100 * MILLISECOND),
        second,
      ),
    );
    expect(stage.list('v1')).toEqual(['1 0-2000 K', '2 2000-4000 K']);
  });
});

describe('where segments begin', () => {
  test('is at a key frame, whatever comes before', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    stage.write(
      later(
        film({ ms: 6100, gop: 2000, video, audio }).filter(({ dts }) => dts >= 500 * MILLISECOND),
        0,
      ),
    );
    expect(stage.list()).toEqual(['1 2000-4000 K', '2 4000-6000 K']);
    expect(stage.parts(1)[0]).toMatch(/^\|1 (A1980 )?K2000 /);
  });

  test('is at a key frame also where another publisher follows, with the sound that is heard with it and no other', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    stage.write(film({ ms: 4100, gop: 2000, video, audio }));
    stage.segments.begin();
    const next = film({ ms: 4100, gop: 2000, video, audio }).filter(({ dts }) => dts >= 500 * MILLISECOND);
    stage.write(later(next, 6000));
    expect(stage.list().at(-1)).toBe('4 8000-10000 KD');
    expect(stage.parts(4)[0]).toMatch(/^\|\d+ (A7960 )?(A7980 )?K8000 A8000 A8020 P8040 /);
  });

  test('a segment that takes half of all the memory ends there', () => {
    const stage = new SegmentStage({ bytes: 300_000, muxer: new WordSegmentMuxer({ full: true }), gop: 2 * SECOND });
    stage.update(video);
    stage.write(Array.from({ length: 12 }, (_, i) => frame(video, i * 40, { key: i === 0, size: 20_000 })));
    const [first] = stage.segments.rendition('main')!.window.listed;
    expect(first!.size).toBeGreaterThan(140_000);
    expect(first!.size).toBeLessThan(190_000);
  });

  test('one that ended at once does not tell of the bit rate', () => {
    const stage = new SegmentStage({ muxer: new WordSegmentMuxer({ full: true }) });
    stage.update(video);
    stage.write(film({ ms: 20_100, gop: 2000, video }));
    const { peak } = stage.segments.rendition('main')!.window.rates!;
    stage.segments.begin();
    stage.write([frame(video, 20_200, { key: true, size: 5000 }), frame(video, 20_240)]);
    stage.segments.begin();
    expect(stage.list().at(-1)).toBe('12 20200-20280 KD');
    expect(stage.segments.rendition('main')!.window.rates!.peak).toBeLessThan(1.2 * peak);
  });
});

describe('times that start again after 100 s as they are written', () => {
  const LAP = 100 * SECOND;
  const wraps = (from: number, to: number): boolean => Math.floor(from / LAP) !== Math.floor(to / LAP);
  const stage = (from: number): SegmentStage => {
    const made = new SegmentStage({ wraps, gop: 8 * SECOND });
    made.update(video, audio);
    made.write(later(film({ ms: 32_100, gop: 8000, video, audio }), from));
    return made;
  };

  test('do so with a discontinuity, before a segment in which they would', () => {
    const made = stage(56_000);
    expect(made.list().map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      expect.stringMatching(/^56000-/),
      ...made
        .list()
        .slice(1, -2)
        .map(() => expect.stringMatching(/^\d+-\d+( K)?$/)),
      '72000-80000 KD',
      '80000-88000 K',
    ]);
    const begins = made.segments.rendition('main')!.window.listed.find(({ discontinuity }) => discontinuity)!;
    expect(made.parts(begins.sequence)[0]).toMatch(/^\|\d+ K0 A0 A20 /);
    expect(made.parts(begins.sequence).at(-1)).toMatch(/ P7960>8000 A7960 A7980>8000$/);
  });

  test('do so without one where nothing came before', () => {
    const [first] = stage(96_000).list();
    expect(first).toMatch(/^1 96000-\d+ K$/);
  });
});

test('dates of what does not continue anything are those at which it came', () => {
  let late = 0;
  const stage = new SegmentStage({ wallTime: (media) => 1_000_000 + media / MILLISECOND + late });
  stage.update(video);
  stage.write(film({ ms: 4100, gop: 2000, video }));
  late = 700;
  stage.segments.begin();
  stage.write(later(film({ ms: 4100, gop: 2000, video }), 6000));
  const walls = stage.segments.rendition('main')!.window.listed.map(({ wall }) => Math.round(wall - 1_000_000));
  expect(walls).toEqual([0, 2000, 4000, 6700, 8700]);
});
