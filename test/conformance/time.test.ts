import { describe, expect, test } from 'vitest';
import { sample } from '../../src/containers/contract-samples.ts';
import { timescaleOf } from '../../src/containers/mp4/timescale.ts';
import { TICKS, TS_ORIGIN } from '../../src/containers/ts/ticks.ts';
import type { Track } from '../../src/media/frame.ts';
import { MILLISECOND, SECOND } from '../../src/media/time.ts';
import { LiveStage } from '../live-stage.ts';
import {
  feeds,
  film,
  longestStep,
  MAX_GAP,
  type Moment,
  PICTURE,
  Reader,
  relative,
  second,
  Sender,
} from './time-stage.ts';

const HOUR = 3_600_000;
/** Half of what is played around a crossing, ms. */
const HALF = 2000;
/** When a second viewer comes, ms from the start of it; between two key frames. */
const JOINS = 1520;

/** When MPEG-TS has come so far, ms of the stream. */
function inTs(ticks: number): number {
  return (ticks / TICKS) * 1000 - TS_ORIGIN / MILLISECOND;
}

/** When the ticks of a track in MP4 need more than 32 bits, ms of the stream. */
function inMp4(track: Track): number {
  return (2 ** 32 / timescaleOf(track)) * 1000;
}

const clocks = [
  { name: 'C-TIME-03 a clock of 32 bits starts again at 2^32 ms', cross: 2 ** 32, wrap: 2 ** 32 },
  { name: 'C-TIME-02 a clock of 31 bits starts again at 2^31 ms', cross: 2 ** 31, wrap: 2 ** 31 },
  { name: 'C-TIME-02 a clock of 32 bits goes on past 2^31 ms', cross: 2 ** 31, wrap: 2 ** 32 },
  { name: 'C-TIME-04 MPEG-TS starts again at 2^33 ticks', cross: inTs(2 ** 33), wrap: 2 ** 32 },
  { name: 'C-TIME-05 MPEG-TS goes on past 2^32 ticks', cross: inTs(2 ** 32), wrap: 2 ** 32 },
  { name: 'C-TIME-06 pictures of MP4 go on past 2^32 ticks', cross: inMp4(sample.video), wrap: 2 ** 32 },
  { name: 'C-TIME-06 sound of MP4 goes on past 2^32 ticks', cross: inMp4(sample.audio), wrap: 2 ** 32 },
];
const ages = [
  { age: 'in a young stream', from: (cross: number) => second(cross - HALF) },
  { age: 'in a stream that is as old as its publisher’s clock', from: () => 0 },
];

describe.each(clocks)('$name', ({ cross, wrap }) => {
  describe.each(ages)('$age', ({ from }) => {
    test.each(feeds)('no output of %s has a gap above 40 ms', async (feed) => {
      const stage = new LiveStage();
      const sender = new Sender(stage, await stage.publish(), { wrap });
      const [start, before, end] = [from(cross), second(cross - HALF), second(cross + HALF)];
      const first = await Reader.join(stage, feed);
      sender.configure(start);
      for (let ms = start; ms < before; ms += HOUR) await sender.send([['video', ms, 0]]);
      await sender.send(film(before, before + JOINS));
      const joiner = await Reader.join(stage, feed);
      await sender.send(film(before + JOINS, end));
      stage.scheduler.advance(SECOND);

      const sent = film(before, end);
      const received = first.moments.slice(-sent.length);
      expect(relative(received)).toEqual(relative(sent));
      expect(received[0]![1]).toBe(before - start);
      expect(relative(joiner.moments)).toEqual(relative(film(before + 1000, end)));
      for (const { moments } of [{ moments: received }, joiner]) {
        for (const kind of ['video', 'audio'] as const) expect(longestStep(moments, kind)).toBeLessThanOrEqual(MAX_GAP);
      }
      expect(stage.faults).toEqual([]);
    });
  });
});

describe('C-TIME-07 a picture whose clock goes back a little', () => {
  test.each(feeds)('%s holds its decode time still, and presents it when it should be', async (feed) => {
    const stage = new LiveStage();
    const [at, back] = [520, 45];
    const clock = ([kind, ms]: Moment): number => (kind === 'video' && ms === at ? ms - back : ms);
    const sender = new Sender(stage, await stage.publish(), { clock });
    const reader = await Reader.join(stage, feed);
    sender.configure(0);
    await sender.send(film(0, 2000));
    stage.scheduler.advance(SECOND);
    const held = at - PICTURE;
    const wanted = film(0, 2000).map(([kind, ms, cts]): Moment =>
      kind === 'video' && ms === at ? [kind, held, at - back + cts - held] : [kind, ms, cts],
    );
    expect(reader.moments).toEqual(wanted);
  });
});
