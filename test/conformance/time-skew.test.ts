import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/media/time.ts';
import { LiveStage } from '../live-stage.ts';
import { compositions, feeds, film, longestStep, MAX_GAP, type Moment, Reader, Sender, SOUND } from './time-stage.ts';

const HOUR = 3_600_000;
/** How far two clocks of one publisher may drift apart, and for how long. */
const PPM = 200;
const LENGTH = 6 * HOUR;
/** What is played at its full rate, again and again, and how often; ms. Rarely elsewhere. */
const [DENSE, EVERY] = [1000, HOUR / 4];
const RARE = 30_000;
/** What the server may add between sound and picture, ms. A time of FLV is a whole ms. */
const SKEW = 40;

/** Six hours of film, most of it a picture and a sound now and then. */
function* hours(): Iterable<Moment> {
  for (let ms = 0; ms < LENGTH; ms += RARE) {
    if (ms % EVERY === 0) yield* film(ms, ms + DENSE);
    else yield* film(ms, ms + SOUND);
  }
  yield* film(LENGTH, LENGTH + DENSE);
}

describe.each([
  { name: 'the sound’s clock is faster', fast: 'audio' },
  { name: 'the picture’s clock is faster', fast: 'video' },
] as const)('C-TIME-08 $name by 200 ppm for six hours', ({ fast }) => {
  test.each(feeds)('%s says of both what the publisher said, and nothing jumps', async (feed) => {
    const clock = ([kind, ms]: Moment): number => Math.round(kind === fast ? ms * (1 + PPM / 1e6) : ms);
    const stage = new LiveStage();
    const sender = new Sender(stage, await stage.publish(), { burst: SOUND, clock });
    const reader = await Reader.join(stage, feed);
    sender.configure(0);
    await sender.send(hours());
    stage.scheduler.advance(SECOND);

    const sent = [...hours()];
    expect(reader.moments).toHaveLength(sent.length);
    const said = sent.map((moment): Moment => [moment[0], clock(moment), moment[2]]);
    expect(compositions(reader.moments)).toEqual(compositions(said));
    for (const kind of ['video', 'audio'] as const) {
      const [told, came] = [said, reader.moments].map((all) => all.filter(([of]) => of === kind).map(([, ms]) => ms));
      const errors = came!.map((ms, index) => Math.abs(ms - told![index]!));
      expect(Math.max(...errors), `ms by which ${kind} is moved`).toBeLessThanOrEqual(1);
    }
    // So the server adds nothing to what the publisher's clocks are apart: 4.32 s in the end.
    const last = (kind: Moment[0]): number => reader.moments.findLast(([of]) => of === kind)![1];
    const apart = Math.abs(last('audio') - SOUND - last('video'));
    expect(Math.abs(apart - (LENGTH + DENSE) * (PPM / 1e6))).toBeLessThanOrEqual(SKEW);
    expect(stage.faults).toEqual([]);
  });

  test.each(feeds)('whoever joins %s in the end gets both, from a key frame on', async (feed) => {
    const clock = ([kind, ms]: Moment): number => Math.round(kind === fast ? ms * (1 + PPM / 1e6) : ms);
    const stage = new LiveStage();
    const sender = new Sender(stage, await stage.publish(), { burst: SOUND, clock });
    sender.configure(0);
    await sender.send(hours());
    const reader = await Reader.join(stage, feed);
    await sender.send(film(LENGTH + DENSE, LENGTH + 3 * DENSE));
    stage.scheduler.advance(SECOND);
    expect(reader.moments[0]![0]).toBe('video');
    const played = film(LENGTH, LENGTH + 3 * DENSE);
    expect(compositions(reader.moments)).toEqual(compositions(played.slice(-reader.moments.length)));
    for (const kind of ['video', 'audio'] as const) {
      const times = reader.moments.filter(([of]) => of === kind).map(([, ms]) => ms);
      expect(times.length).toBeGreaterThan(40);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(longestStep(reader.moments, kind)).toBeLessThanOrEqual(MAX_GAP + 1);
    }
  });
});
