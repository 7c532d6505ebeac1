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

describe('where segments end', () => {
  test('at key frames, as long as the option says where the GOP is shorter', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    stage.write(film({ ms: 6100, gop: 1000, video, audio }));
    expect(stage.list()).toEqual(['1 0-2000 K', '2 2000-4000 K', '3 4000-6000 K']);
    expect(stage.segments.target).toBe(2);
  });

  test('the first in its GOP, so that nobody waits for the next, unless there is a past to begin with', () => {
    const lists = [false, true].map((past) => {
      const stage = new SegmentStage({ gop: 2 * SECOND, past });
      stage.update(video);
      stage.write(film({ ms: 4100, gop: 2000, video }));
      return stage.list();
    });
    expect(lists).toEqual([
      ['1 0-1200 K', '2 1200-2000', '3 2000-4000 K'],
      ['1 0-2000 K', '2 2000-4000 K'],
    ]);
  });

  test('at each key frame where the GOP does not divide the target', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 6100, gop: 1480, video }));
    expect(stage.list()).toEqual(['1 0-1480 K', '2 1480-2960 K', '3 2960-4440 K', '4 4440-5920 K']);
  });

  test('at the first GOP, rounded up, where that is longer than the option', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 7400, gop: 3200, video }));
    expect(stage.segments.target).toBe(4);
    expect(stage.list()).toEqual(['1 0-3200 K', '2 3200-6400 K']);
  });

  test('a GOP that is longer than the first is cut without a key frame, and the next key frame begins a segment', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write([...film({ ms: 2000, gop: 2000, video }), ...film({ ms: 5000, gop: 5000, from: 2000, video })]);
    stage.write(film({ ms: 3000, gop: 2000, from: 7000, video }));
    expect(stage.list()).toEqual(['1 0-2000 K', '2 2000-4440 K', '3 4440-6880', '4 6880-7000', '5 7000-9000 K']);
    expect(stage.segments.target).toBe(2);
    expect(stage.segments.rendition('main')!.window.independent).toBe(false);
    stage.write(film({ ms: 2100, gop: 2000, from: 10_000, video }));
    expect(stage.list()).toContain('6 9000-11440 K');
  });

  test('a stream that never has another key frame is cut after ten seconds', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 22_000, gop: 1_000_000, video }));
    expect(stage.segments.target).toBe(10);
    expect(stage.list()).toEqual(['1 0-10440 K', '2 10440-20880']);
  });

  test('sound alone is cut by its own frames, and every part of it is a start', () => {
    const stage = new SegmentStage();
    stage.update(audio);
    stage.write(film({ ms: 4100, audio }));
    expect(stage.list()).toEqual(['1 0-1040 K', '2 1040-3040 K']);
    const { parts } = stage.segments.rendition('main')!.window.find(1)!;
    expect(parts.every(({ independent }) => independent)).toBe(true);
  });

  test('when the picture stands still, sound goes on being cut', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    stage.write(film({ ms: 2100, video, audio }));
    stage.write(film({ ms: 6000, from: 2100, audio }));
    expect(stage.list().length).toBeGreaterThanOrEqual(3);
    expect(stage.list()[1]).toMatch(/^2 2000-4/);
  });

  test('what is in a segment is all that came, once and in order', () => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    const frames = film({ ms: 6100, gop: 2000, video, audio });
    stage.write(frames);
    stage.segments.end('ended');
    const words = [1, 2, 3, 4].flatMap((sequence) => stage.parts(sequence)).join(' ');
    const seen = [...words.matchAll(/([KPA])(\d+)/g)].map(([, kind, ms]) => `${kind}${ms}`);
    const sent = frames.map(({ track, key, dts }) => `${track.kind === 'audio' ? 'A' : key ? 'K' : 'P'}${dts / 1000}`);
    const of = (kind: RegExp, list: string[]): string[] => list.filter((word) => kind.test(word));
    expect(of(/[KP]/, seen)).toEqual(of(/[KP]/, sent));
    expect(of(/A/, seen)).toEqual(of(/A/, sent));
  });

  test('times that jump beyond what a segment can hold end it, and what follows does not continue it', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 2200, gop: 2000, video }));
    stage.write(film({ ms: 2200, from: 30_000, gop: 2000, video }));
    expect(stage.list()).toEqual(['1 0-2000 K', '2 2000-2200 K', '3 30000-32000 KD']);
  });
});

describe('discontinuities', () => {
  const started = (): SegmentStage => {
    const stage = new SegmentStage();
    stage.update(video, audio);
    stage.write(film({ ms: 4300, gop: 2000, video, audio }));
    return stage;
  };

  test('another publisher with equal tracks begins with one, and the same init segment', () => {
    const stage = started();
    stage.segments.begin();
    stage.write(film({ ms: 2100, from: 9000, gop: 2000, video, audio }));
    expect(stage.list()).toEqual(['1 0-2000 K', '2 2000-4000 K', '3 4000-4320 K', '4 9000-11000 KD']);
    const { window } = stage.segments.rendition('main')!;
    expect(window.find(4)!.init).toBe(window.find(1)!.init);
    expect(window.find(4)!.era).toBe(1);
  });

  test('another publisher with other tracks begins with one, not two, and another init segment', () => {
    const stage = started();
    const other = videoTrack([9]);
    stage.segments.begin();
    stage.update(other, audio);
    stage.write(film({ ms: 2100, from: 9000, gop: 2000, video: other, audio }));
    expect(stage.list().at(-1)).toBe('4 9000-11000 KD');
    expect(stage.list().filter((line) => line.includes('D'))).toHaveLength(1);
    const { init } = stage.segments.rendition('main')!.window.find(4)!;
    expect([init.number, textOf(init.bytes)]).toEqual([2, '[v9 a17]']);
  });

  test('another configuration of the picture ends the segment there', () => {
    const stage = started();
    const other = videoTrack([9]);
    stage.update(other, audio);
    stage.write(film({ ms: 2100, from: 4300, gop: 2000, video: other, audio }));
    expect(stage.list().slice(-2)).toEqual(['3 4000-4320 K', '4 4300-6300 KD']);
  });

  test('sound that comes late is in from the next key frame on', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 2500, gop: 2000, video }));
    stage.update(video, audio);
    stage.write(
      film({ ms: 1500, from: 2500, gop: 9, audio })
        .concat(film({ ms: 1500, from: 2500, gop: 1_000_000, video }).map((one) => ({ ...one, key: false })))
        .toSorted((a, b) => a.dts - b.dts),
    );
    stage.write(film({ ms: 2100, from: 4000, gop: 2000, video, audio }));
    expect(stage.list()).toEqual(['1 0-2000 K', '2 2000-4000 K', '3 4000-6000 KD']);
    expect(stage.parts(2).join(' ')).not.toContain('A');
    expect(stage.parts(3)[0]).toContain('A4000');
  });

  test('another configuration of the sound is heard from the next key frame on, however short the segment is', () => {
    const stage = new SegmentStage({ segment: 4 * SECOND });
    stage.update(video, audio);
    stage.write(film({ ms: 8300, gop: 1000, video, audio }));
    const other = audioTrack([8]);
    stage.update(video, other);
    const rest = film({ ms: 700, from: 8300, video, audio: other }).map((one) => ({
      ...one,
      key: one.track !== video,
    }));
    stage.write([...rest, ...film({ ms: 4100, from: 9000, gop: 1000, video, audio: other })]);
    expect(stage.list().slice(-2)).toEqual(['3 6000-9000 K', '4 9000-13000 KD']);
    expect(textOf(stage.segments.rendition('main')!.window.find(4)!.init.bytes)).toBe('[v1 a8]');
  });

  test('a second sound is for those who come from then on', () => {
    const stage = started();
    expect(stage.segments.outgrown).toBe(false);
    stage.update(video, audio, audio2);
    stage.write(film({ ms: 4100, from: 4300, gop: 2000, video, audio }));
    expect(stage.segments.outgrown).toBe(true);
    expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['main']);
    const next = new SegmentStage({ apart: true });
    next.update(video, audio);
    next.write(film({ ms: 4100, gop: 2000, video, audio }));
    expect(next.segments.renditions.map(({ id }) => id)).toEqual(['v1', 'a2']);
    expect(next.segments.outgrown).toBe(false);
  });

  test('what only data says changes nothing', () => {
    const stage = started();
    stage.update(video, audio, { id: 9, kind: 'data', codec: 'amf', config: new Uint8Array() });
    stage.write(film({ ms: 1800, from: 4300, gop: 9, audio }));
    stage.write(film({ ms: 2100, from: 6000, gop: 2000, video, audio }));
    expect(stage.list().some((line) => line.includes('D'))).toBe(false);
  });
});

describe('the window', () => {
  test('has as many segments as the option says; what left it can be fetched until its time is over', () => {
    const stage = new SegmentStage();
    stage.update(video);
    stage.write(film({ ms: 16_100, gop: 2000, video }));
    expect(stage.list().map((line) => line.split(' ')[0])).toEqual(['3', '4', '5', '6', '7', '8']);
    const { window } = stage.segments.rendition('main')!;
    expect(window.find(2)?.complete).toBe(true);
    stage.scheduler.advance(14 * SECOND);
    expect(window.find(1)).toBeUndefined();
    expect(window.find(2)?.complete).toBe(true);
    stage.scheduler.advance(3 * SECOND);
    expect(window.find(2)).toBeUndefined();
  });

  test('is three target durations long at least, however short its segments are', () => {
    const stage = new SegmentStage({ segment: SECOND, window: 2 });
    stage.update(video);
    stage.write([...film({ ms: 2000, gop: 2000, video }), ...film({ ms: 9000, from: 2000, gop: 1000, video })]);
    const { window } = stage.segments.rendition('main')!;
    expect(stage.segments.target).toBe(2);
    expect(window.duration).toBeGreaterThanOrEqual(6 * SECOND);
    expect(window.listed.length).toBeLessThan(8);
  });

  test('never takes more bytes than its limit, whatever the stream is', () => {
    const bytes = 300_000;
    const stage = new SegmentStage({ bytes, muxer: new WordSegmentMuxer({ full: true }) });
    stage.update(video);
    let most = 0;
    for (let ms = 0; ms < 30_000; ms += 40) {
      stage.write([frame(video, ms, { key: ms % 2000 === 0, size: 20_000 })]);
      most = Math.max(most, stage.segments.rendition('main')!.window.bytes);
    }
    expect(most).toBeGreaterThan(bytes / 2);
    expect(most).toBeLessThanOrEqual(bytes + 20_000);
  });
});

describe('several tracks', () => {
  test('each sound is a rendition of its own, cut at the same times, and the picture is alone', () => {
    const stage = new SegmentStage();
    stage.update(video, audio, audio2);
    stage.write(together(film({ ms: 6300, gop: 2000, video, audio }), film({ ms: 6300, audio: audio2 })));
    expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['v1', 'a2', 'a6']);
    expect(stage.list('v1')).toEqual(['1 0-2000 K', '2 2000-4000 K', '3 4000-6000 K']);
    for (const id of ['a2', 'a6']) expect(stage.list(id)).toEqual(stage.list('v1'));
    expect(stage.parts(2, 'a6')[0]).toMatch(/^\|6 A2000 A2020 .*A2380>2400$/);
    expect(stage.parts(2, 'v1').join(' ')).not.toContain('A');
  });

  test('pictures with key frames in step are cut at the same times, whichever comes first', () => {
    for (const shift of [-20, 0, 20]) {
      const stage = new SegmentStage();
      stage.update(video, video2);
      const other = film({ ms: 8300, gop: 2000, video: video2 }).map((one) => ({
        ...one,
        dts: one.dts + shift * MILLISECOND,
      }));
      stage.write(together(film({ ms: 8300, gop: 2000, video }), other));
      expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['v1', 'v5']);
      expect(stage.list('v1')).toEqual(['1 0-2000 K', '2 2000-4000 K', '3 4000-6000 K', '4 6000-8000 K']);
      expect(stage.list('v5').slice(-3), `${shift} ms`).toEqual(stage.list('v1').slice(-3));
      expect(stage.parts(3, 'v5')[0]).toContain(`K${4000 + shift}`);
      expect(stage.leftOut).toEqual([]);
    }
  });

  test('pictures with key frames elsewhere are left out, and that is said once', () => {
    const stage = new SegmentStage();
    stage.update(video, video2);
    const other = film({ ms: 12_000, gop: 2000, video: video2 }).map((one) => ({
      ...one,
      dts: one.dts + 800 * MILLISECOND,
    }));
    stage.write(together(film({ ms: 12_000, gop: 2000, video }), other));
    expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['v1']);
    expect(stage.leftOut).toEqual(['5 key-frames']);
    expect(stage.segments.ready).toBe(true);
  });

  test('a track that goes silent leaves gaps, and comes back in step', () => {
    const stage = new SegmentStage();
    stage.update(video, audio, audio2);
    const silent = film({ ms: 8300, audio: audio2 }).filter(({ dts }) => dts < 2 * SECOND || dts >= 6 * SECOND);
    stage.write(together(film({ ms: 8300, gop: 2000, video, audio }), silent));
    expect(stage.list('a6')).toEqual(['1 0-2000 K', '2 2000-4000 gap', '3 4000-6000 gap', '4 6000-8000 K']);
  });

  test('a codec that the container does not carry is left out, and that is said once', () => {
    const stage = new SegmentStage({ muxer: new WordSegmentMuxer({ carries: ['h264', 'aac'] }) });
    const opus: Track = { ...audio2, codec: 'opus' };
    stage.update(video, audio, opus);
    stage.update(video, audio, opus);
    stage.write(film({ ms: 2100, gop: 2000, video, audio }));
    expect(stage.leftOut).toEqual(['6 codec']);
    expect(stage.segments.renditions.map(({ id }) => id)).toEqual(['main']);
  });
});

describe('dates', () => {
  test('are as even as durations, and forward, when the clock is set back', () => {
    let set = 0;
    const stage = new SegmentStage({ wallTime: (media) => 1_000_000 + media / MILLISECOND + set });
    stage.update(video);
    stage.write(film({ ms: 4100, gop: 2000, video }));
    set = -3_600_000;
    stage.write(
      film({ ms: 8000, from: 4100, gop: 1, video }).map((one) => ({
        ...one,
        key: (one.dts - 100_000) % 2_000_000 === 0,
      })),
    );
    const walls = stage.segments.rendition('main')!.window.listed.map(({ wall }) => wall);
    for (const [index, wall] of walls.slice(1).entries()) expect(wall).toBeGreaterThan(walls[index]!);
  });
});
