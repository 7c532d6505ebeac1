import { describe, expect, test } from 'vitest';
import { TICKS, TS_ORIGIN } from '../../src/containers/ts/ticks.ts';
import { MILLISECOND, SECOND } from '../../src/media/time.ts';
import { Random } from '../fuzz/random.ts';
import { LiveStage } from '../live-stage.ts';
import { long } from '../long.ts';
import {
  compositions,
  type FeedName,
  feeds,
  film,
  MAX_GAP,
  type Moment,
  PICTURE,
  Reader,
  second,
  Sender,
  SOUND,
  writtenAs,
} from './time-stage.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LENGTH = 60 * DAY;
/** A picture and a sound so often, where nothing happens. ms */
const RARE = long ? 10_000 : 300_000;
/** Half of the film at its full rate around what may go wrong, ms: more than the step that is taken for a wrap. */
const HALF = 12_000;
/** In ms of the stream: 32 and 33 bits of 90 kHz. */
const TS_CROSSINGS = [2 ** 32, 2 ** 33].map((ticks) => (ticks / TICKS) * 1000 - TS_ORIGIN / MILLISECOND);
/** Where a clock, or a field that holds one, comes to its end: 24, 31, 32 bits, what follows on them, and MPEG-TS. */
const CROSSINGS = [2 ** 24, ...TS_CROSSINGS, 2 ** 31, 2 ** 32, 2 ** 32 + 2 ** 24].map((ms) => second(ms));
/** What a time in FLV and RTMP has room for, ms. */
const FIELD = 2 ** 32;
/** A whole time in ms has no whole number of µs where MPEG-TS has started again. ms */
const SAME = 0.01;
/** When somebody joins: in the first hour, after each wrap, and in the end. */
const JOINS = [HOUR, 25 * DAY, 50 * DAY, LENGTH - HOUR];
/** How long the late ones stay, ms. */
const STAY = 2 * HOUR;

/** Sixty days of film: at its full rate around crossings, rarely elsewhere. */
function* days(): Iterable<Moment> {
  let at = 0;
  for (const crossing of [...CROSSINGS, LENGTH]) {
    const [from, to] = [crossing - HALF, crossing + HALF];
    for (; at < from; at += RARE) yield* film(at, at + SOUND);
    yield* film(from, to);
    at = Math.ceil(to / RARE) * RARE;
  }
}

/** Compares what is read with what was sent, without keeping either. */
class Comparison {
  /** What was sent and not read yet. */
  readonly #sent: Moment[] = [];
  #read = 0;
  /** A reader cannot know how often the field of a time has run over before it came. */
  runOver = 0;
  wrong: string | undefined;
  count = 0;

  sent(moment: Moment): void {
    this.#sent.push(moment);
  }

  readonly read = ([kind, ms, cts]: Moment): void => {
    const [wanted, at, later] = this.#sent[this.#read++] ?? ['nothing', Number.NaN, Number.NaN];
    if (wanted !== kind || Math.abs(at - ms - this.runOver) > SAME || later !== cts)
      this.wrong ??= `${kind} at ${ms} ms, presented ${cts} ms later; ${wanted} at ${at}, ${later} ms was sent`;
    this.count++;
    if (this.#read < 1000) return;
    this.#sent.splice(0, this.#read);
    this.#read = 0;
  };
}

/** Sends all, while somebody watches from the start and others now and then. */
async function run(feed: FeedName, wrap: number): Promise<Comparison[]> {
  const stage = new LiveStage();
  const by = await stage.publish();
  const sender = new Sender(stage, by, { wrap, burst: SOUND });
  const whole = new Comparison();
  await Reader.join(stage, feed, whole.read);
  sender.configure(0);
  const comparisons = [whole];
  let late: { comparison: Comparison; until: number; leave(): void } | undefined;
  const joins = [...JOINS];
  for (const moment of days()) {
    const [kind, ms] = moment;
    if (late && ms >= late.until) {
      late.leave();
      late = undefined;
    }
    if (!late && kind === 'video' && ms % 1000 === 0 && ms >= (joins[0] ?? Infinity)) {
      joins.shift();
      const comparison = new Comparison();
      comparisons.push(comparison);
      // The newest GOP comes at once; it is this key frame that is compared first.
      let begun = false;
      const reader = await Reader.join(stage, feed, (read) => {
        if (!begun && read[0] === 'video' && Math.abs(read[1] - writtenAs(feed, ms)) < SAME) {
          comparison.runOver = ms - read[1];
          begun = true;
        }
        if (begun) comparison.read(read);
      });
      late = { comparison, until: ms + STAY, leave: () => reader.leave() };
    }
    whole.sent(moment);
    late?.comparison.sent(moment);
    await sender.send([moment]);
  }
  stage.scheduler.advance(SECOND);
  expect(stage.faults).toEqual([]);
  // The live edge is where the clock is.
  const { media, at } = stage.hub.stream('live/a')!.edge!;
  expect(Math.abs(media - (LENGTH + HALF - SOUND) * MILLISECOND)).toBeLessThan(PICTURE * MILLISECOND);
  expect(stage.scheduler.now() - at).toBeLessThanOrEqual(SECOND + SOUND * MILLISECOND);
  return comparisons;
}

describe('L-08 sixty days', () => {
  describe.each([
    { clock: 'of 32 bits', wrap: 2 ** 32 },
    { clock: 'of 31 bits', wrap: 2 ** 31 },
  ])('of a publisher with a clock $clock', ({ wrap }) => {
    test.each(feeds)('%s says every time as it was, whoever joins when', { timeout: 600_000 }, async (feed) => {
      const comparisons = await run(feed, wrap);
      expect(comparisons.map(({ wrong }) => wrong)).toEqual(comparisons.map(() => undefined));
      const [whole, ...late] = comparisons;
      let count = 0;
      for (const _ of days()) count++;
      expect(whole!.count).toBe(count);
      expect(late).toHaveLength(JOINS.length);
      for (const { count } of late) expect(count).toBeGreaterThan((2 * HOUR) / RARE);
    });
  });
});

/** Less than what is taken for a jump: it is the publisher's own time that went back. */
const LITTLE = 'a little back';
/** What may happen to a publisher's clock. ms by which it is moved. */
const faults: { name: string; move(clock: number, random: Random): number }[] = [
  { name: 'an hour ahead', move: () => HOUR },
  { name: 'an hour back', move: (clock) => -Math.min(HOUR, clock) },
  { name: 'back to 0', move: (clock) => -clock },
  { name: 'to where 24 bits end', move: (clock) => 2 ** 24 - 400 - clock },
  { name: 'to where 31 bits end', move: (clock) => 2 ** 31 - 400 - clock },
  { name: 'to where 32 bits end', move: (clock) => 2 ** 32 - 400 - clock },
  { name: LITTLE, move: (clock, random) => -Math.min(clock, 1 + random.below(19)) },
  { name: 'anywhere', move: (clock, random) => random.below(2 ** 32) - clock },
];
/** The film around each fault, and from one to the next. ms */
const [AROUND, NEXT] = [4000, 6 * HOUR];

/** A reader takes a step over the end of the field after a pause of hours for a step back, because it must. */
function unwrapped(moments: readonly Moment[]): Moment[] {
  let over = 0;
  return moments.map(([kind, ms, cts], index) => {
    const step = index === 0 ? 0 : ms - moments[index - 1]![1];
    if (step < -FIELD / 2) over += FIELD;
    return [kind, ms + over, cts];
  });
}

describe('L-08 sixty days with a fault of the clock every six hours', () => {
  test.each(feeds)('%s does not go back, does not pause, and keeps sound and picture together', async (feed) => {
    const random = new Random(8);
    const stage = new LiveStage();
    let [moved, lost] = [0, 0];
    const sender = new Sender(stage, await stage.publish(), { burst: SOUND, clock: ([, ms]) => ms + moved });
    const reader = await Reader.join(stage, feed);
    sender.configure(0);
    for (let from = 0; from < LENGTH; from += NEXT) {
      await sender.send(film(from, from + AROUND / 2));
      const { name, move } = random.pick(faults);
      const by = move(from + AROUND / 2 + moved, random);
      moved += by;
      if (name === LITTLE) lost -= by;
      await sender.send(film(from + AROUND / 2, from + AROUND));
    }
    stage.scheduler.advance(SECOND);
    const moments = unwrapped(reader.moments);
    for (const kind of ['video', 'audio'] as const) {
      const times = moments.filter(([of]) => of === kind).map(([, ms]) => ms);
      expect(times).toHaveLength((LENGTH / NEXT) * (AROUND / (kind === 'video' ? PICTURE : SOUND)));
      const steps = times.slice(1).map((ms, index) => ms - times[index]!);
      expect(Math.min(...steps), `${kind}: does not go back`).toBeGreaterThanOrEqual(0);
      const pauses = steps.filter((step) => step > MAX_GAP);
      expect(pauses.length, `${kind}: pauses`).toBe(LENGTH / NEXT - 1);
      for (const pause of pauses) expect(Math.abs(pause - (NEXT - AROUND))).toBeLessThanOrEqual(100);
    }
    const turn = compositions(film(0, AROUND));
    const wrong = compositions(moments).findIndex((cts, index) => cts !== turn[index % turn.length]);
    expect(moments[wrong], 'presented otherwise than it was sent').toBeUndefined();
    // Those that were sent side by side are side by side.
    const apart = moments.map(([kind, ms], index) => {
      const [next, at] = moments[index + 1] ?? [kind, ms];
      return kind === 'video' && next === 'audio' ? Math.abs(at - ms) : 0;
    });
    expect(Math.max(...apart), 'ms between sound and picture').toBeLessThanOrEqual(PICTURE);
    const { media } = stage.hub.stream('live/a')!.edge!;
    const played = LENGTH - NEXT + AROUND - lost;
    expect(Math.abs(media / MILLISECOND - played), 'ms by which the live edge is off').toBeLessThanOrEqual(100);
    expect(stage.faults).toEqual([]);
  });
});
