import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audioTrack, dataTrack, frame, videoTrack } from '../../test/media.ts';
import type { Frame, Track } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { Timeline } from './timeline.ts';

const video = videoTrack();
const audio = audioTrack();
const HOUR = 3_600_000;
/** How long after its decoding each picture of a film with B-frames is shown, µs. */
const REORDER = [80_000, 160_000, 40_000, 0];

/** Writes frames that come in real time, `step` ms apart, with these times in ms; gives the stream's times in ms. */
function play(times: readonly number[], options: { step?: number; base?: number; track?: Track } = {}): number[] {
  const { step = 40, base = 0, track = video } = options;
  const timeline = new Timeline({ base: base * MILLISECOND, now: 0 });
  return times.map((ms, index) => timeline.map(frame(track, ms), track, index * step * MILLISECOND).dts / MILLISECOND);
}

describe('C-TIME: one publisher’s clock becomes the stream’s own', () => {
  test.each([
    { name: '01 starts at 0', times: [0, 40, 80] },
    { name: '01 starts at 0 wherever the publisher’s clock stands', times: [7_000_000, 7_000_040, 7_000_080] },
    { name: '01 starts at 0 from a negative time', times: [-40, 0, 40] },
    { name: '02 crosses 0x7FFFFFFF ms', times: [0x7fff_ffd8, 0x8000_0000, 0x8000_0028] },
    { name: '02 goes on where the clock wraps to 0 at 31 bits', times: [0x7fff_ffd8, 0, 40] },
    { name: '03 crosses 0xFFFFFFFF ms', times: [0xffff_ffd8, 0x1_0000_0000, 0x1_0000_0028] },
    { name: '03 goes on where the clock wraps to 0 at 32 bits', times: [0xffff_ffd8, 0, 40] },
    { name: '07 takes no notice of a jump by an hour', times: [0, HOUR, HOUR + 40] },
    { name: '07 takes no notice of a jump back by an hour', times: [HOUR, 0, 40] },
    { name: '10 takes no notice of a restart at 0', times: [600_000, 0, 40] },
  ])('$name', ({ times }) => {
    expect(play(times)).toEqual([0, 40, 80]);
  });

  test('07 holds the clock where a time steps back by a tick, and loses none of it', () => {
    expect(play([0, 40, 39.999, 80])).toEqual([0, 40, 40, 80]);
  });

  test('07 keeps the step where a time steps ahead by a tick', () => {
    expect(play([0, 40.001, 80])).toEqual([0, 40.001, 80]);
  });

  test('09 passes equal times on as they are', () => {
    expect(play([0, 40, 40, 40, 80])).toEqual([0, 40, 40, 40, 80]);
  });

  test('a pause in real time is a pause in the stream', () => {
    const timeline = new Timeline({ base: 0, now: 0 });
    timeline.map(frame(video, 0), video, 0);
    expect(timeline.map(frame(video, 8000), video, 8 * SECOND).dts).toBe(8 * SECOND);
    expect(timeline.jumps).toBe(0);
  });

  test('a jump in the middle of a pause advances the stream by the length of the pause', () => {
    const timeline = new Timeline({ base: 0, now: 0 });
    timeline.map(frame(video, 10_000), video, 0);
    expect(timeline.map(frame(video, 0), video, 8 * SECOND).dts).toBe(8 * SECOND);
    expect(timeline.jumps).toBe(1);
  });

  test.each([100, 700, 2900])(
    'a jump back by %d ms does not hold the stream still until the clock has caught up',
    (back) => {
      const timeline = new Timeline({ base: 0, now: 0 });
      let now = 0;
      let raw = 10_000;
      const both = (): number[] => {
        raw += 40;
        now += 40;
        return [video, audio].map(
          (track) => timeline.map(frame(track, raw), track, now * MILLISECOND).dts / MILLISECOND,
        );
      };
      for (let i = 0; i < 50; i++) both();
      raw -= back;
      for (let i = 0; i < 8; i++) both();
      const [picture, sound] = both();
      expect(picture).toBeGreaterThanOrEqual(now - 280);
      expect(picture).toBeLessThanOrEqual(now);
      expect(Math.abs(picture! - sound!)).toBeLessThanOrEqual(40);
      for (let i = 0; i < 20; i++) both();
      expect(both()).toEqual([picture! + 21 * 40, sound! + 21 * 40]);
    },
  );

  test('one time that is far too small is passed over', () => {
    expect(play([1000, 1040, 540, 1120, 1160])).toEqual([0, 40, 40, 120, 160]);
  });

  test('frames that come faster than real time keep their distances', () => {
    const times = Array.from({ length: 100 }, (_, index) => index * 40);
    expect(play(times, { step: 1 })).toEqual(times);
  });

  test('a broadcast that goes on does so from the given time', () => {
    expect(play([900, 940], { base: 5000 })).toEqual([5000, 5040]);
  });
});

describe('sound and picture', () => {
  /** Distance in ms between the stream’s times of a picture and a sound that belong together. */
  function skew(timeline: Timeline, ms: number, now: number): number {
    const picture = timeline.map(frame(video, ms), video, now * MILLISECOND);
    const sound = timeline.map(frame(audio, ms), audio, now * MILLISECOND);
    return Math.abs(picture.dts - sound.dts) / MILLISECOND;
  }

  test('stay together over a jump of both', () => {
    const timeline = new Timeline({ base: 0, now: 0 });
    expect(skew(timeline, 1000, 0)).toBe(0);
    for (const [index, jump] of [HOUR, 0, 20_000].entries()) {
      const now = (index + 1) * 100;
      expect(skew(timeline, jump, now)).toBe(0);
      expect(skew(timeline, jump + 40, now + 40)).toBe(0);
    }
  });

  test('stay together where one of them follows the jump half a second later', () => {
    const timeline = new Timeline({ base: 0, now: 0 });
    for (let ms = 0; ms < 1000; ms += 40) skew(timeline, HOUR + ms, ms);
    for (let ms = 0; ms < 500; ms += 40) timeline.map(frame(video, ms), video, (1000 + ms) * MILLISECOND);
    const sound = timeline.map(frame(audio, 480), audio, 1_500_000);
    const picture = timeline.map(frame(video, 520), video, 1_520_000);
    expect(picture.dts - sound.dts).toBe(40 * MILLISECOND);
    expect(timeline.jumps).toBe(1);
  });

  test('a message of data at time 0 in the middle of a stream moves nothing', () => {
    const data = dataTrack();
    const timeline = new Timeline({ base: 0, now: 0 });
    timeline.map(frame(video, 60_000), video, 0);
    expect(timeline.map(frame(data, 0), data, 20_000).dts).toBe(20_000);
    expect(timeline.map(frame(video, 60_040), video, 40_000).dts).toBe(40_000);
    expect(timeline.jumps).toBe(0);
  });

  test('a picture keeps its distance from decoding to showing, also a negative one', () => {
    const timeline = new Timeline({ base: 0, now: 0 });
    timeline.map(frame(video, 1000), video, 0);
    const early = timeline.map(frame(video, 1040, { cts: -34 }), video, 40_000);
    const late = timeline.map(frame(video, 1080, { cts: 80 }), video, 80_000);
    expect(early.pts - early.dts).toBe(-34_000);
    expect(late.pts - late.dts).toBe(80_000);
  });

  test('B-frames are shown in their order and at their time, over jumps and where decoding is held still', () => {
    // What is decoded, and how long after that it is shown, in ms: the fourth of each GOP steps back by a tick.
    const gop = [
      [0, 80],
      [40, 160],
      [80, 40],
      [79.999, 0.001],
      [160, 0],
      [200, 80],
    ] as const;
    const timeline = new Timeline({ base: 0, now: 0 });
    const shown = [0, HOUR, 5_000_000].flatMap((start, index) =>
      gop.map(([ms, cts]) => {
        const picture = frame(video, start + ms, { cts });
        return timeline.map(picture, video, (index * 240 + ms) * MILLISECOND).pts / MILLISECOND;
      }),
    );
    const wanted = [0, 240, 480].flatMap((start) => gop.map(([ms, cts]) => start + ms + cts));
    expect(shown).toEqual(wanted);
  });
});

describe('G7, for whatever a publisher sends', () => {
  const tracks = [video, audio, dataTrack()];
  const time = fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    fc.constantFrom(-1, 0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 60 * 86_400_000),
    fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
  );
  const sent = fc.array(
    fc.record({
      track: fc.nat({ max: 2 }),
      time,
      relative: fc.boolean(),
      cts: fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 })),
      wait: fc.oneof(fc.constant(40), fc.nat({ max: 20_000 })),
    }),
    { maxLength: 60 },
  );

  test('no decode time goes back within a track, none is a fraction, and showing is at most 10 s away', () => {
    fc.assert(
      fc.property(sent, fc.nat({ max: 2 ** 40 }), (messages, base) => {
        let now = 0;
        let raw = 0;
        const timeline = new Timeline({ base, now });
        const last = new Map<number, number>();
        for (const message of messages) {
          now += message.wait * MILLISECOND;
          raw = message.relative ? raw + (message.time % 100) : message.time;
          const track = tracks[message.track]!;
          const { dts, pts } = timeline.map(frame(track, raw, { cts: message.cts }), track, now);
          expect(Number.isSafeInteger(dts) && Number.isSafeInteger(pts)).toBe(true);
          expect(dts).toBeGreaterThanOrEqual(last.get(track.id) ?? base);
          expect(Math.abs(pts - dts)).toBeLessThanOrEqual(10 * SECOND);
          last.set(track.id, dts);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a clock without jumps is carried exactly over 60 days, as arithmetic without rounding says', () => {
    const steps = fc.array(fc.nat({ max: 2_500_000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 52 }), steps, fc.nat({ max: 60 * 86_400 }), (first, steps, day) => {
        const timeline = new Timeline({ base: day * SECOND, now: 0 });
        let raw = BigInt(first);
        let now = 0;
        timeline.map(at(raw, 0), video, now);
        for (const [index, step] of steps.entries()) {
          raw += BigInt(step);
          now += step;
          const cts = REORDER[index % REORDER.length]!;
          const { dts, pts } = timeline.map(at(raw, cts), video, now);
          const exact = raw - BigInt(first) + BigInt(day * SECOND);
          expect([BigInt(dts), BigInt(pts)]).toEqual([exact, exact + BigInt(cts)]);
        }
      }),
    );
    function at(raw: bigint, cts: number): Frame {
      return { track: video, dts: Number(raw), pts: Number(raw) + cts, key: true, data: new Uint8Array() };
    }
  });

  test('the live edge does not drift from real time, however often the clock jumps', () => {
    const jumps = fc.array(fc.integer({ min: -HOUR, max: HOUR }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(jumps, (jumps) => {
        const timeline = new Timeline({ base: 0, now: 0 });
        let raw = 0;
        let now = 0;
        timeline.map(frame(video, raw), video, now);
        for (const jump of jumps) {
          // Less than this is taken for jitter, or for a clock that runs a little ahead.
          if (Math.abs(jump) > 4000) raw += jump;
          for (let i = 0; i < 5; i++) {
            raw += 40;
            now += 40 * MILLISECOND;
            timeline.map(frame(video, raw), video, now);
          }
        }
        expect(Math.abs(timeline.edge - now)).toBeLessThanOrEqual(100 * MILLISECOND);
      }),
      { numRuns: 200 },
    );
  });
});
