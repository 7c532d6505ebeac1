import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/media/time.ts';
import { LiveStage } from '../live-stage.ts';
import {
  compositions,
  type FeedName,
  feeds,
  film,
  longestStep,
  MAX_GAP,
  type Moment,
  PICTURE,
  Reader,
  Sender,
  SOUND,
} from './time-stage.ts';

const kinds = ['video', 'audio'] as const;
/** How long the first publisher was on, ms; not where a key frame is due. */
const BEFORE = 5520;
const AFTER = 4000;

interface Run {
  stage: LiveStage;
  first: Sender;
  /** Who watches from the start, and who joined right before the change. */
  readers: Reader[];
}

/** A publisher whose clock is hours old, and two viewers. */
async function play(feed: FeedName): Promise<Run & { leave(reason: 'ended' | 'lost'): void }> {
  const stage = new LiveStage();
  const by = await stage.publish();
  const first = new Sender(stage, by, { burst: SOUND, clock: ([, ms]) => 20_000_000 + ms });
  const readers = [await Reader.join(stage, feed)];
  first.configure(0);
  await first.send(film(0, BEFORE));
  readers.push(await Reader.join(stage, feed));
  return { stage, first, readers, leave: (reason) => by.publisher.end(reason) };
}

/** Nothing goes back, nothing is missing but `gap` ms, sound and picture are together and presented as they were sent. */
function expectGoesOn({ moments }: Reader, gap: number, sent: readonly Moment[]): void {
  for (const kind of kinds) {
    const times = moments.filter(([of]) => of === kind).map(([, ms]) => ms);
    expect(times, `${kind} does not go back`).toEqual(times.toSorted((a, b) => a - b));
    expect(longestStep(moments, kind), `ms from one ${kind} to the next`).toBeLessThanOrEqual(gap);
  }
  const last = kinds.map((kind) => moments.findLast(([of]) => of === kind)![1]);
  expect(Math.abs(last[0]! - last[1]!), 'ms between sound and picture').toBeLessThanOrEqual(PICTURE);
  expect(compositions(moments)).toEqual(compositions(sent.slice(-moments.length)));
}

describe('C-TIME-10 a publisher whose clock starts at 0', () => {
  test.each(feeds)('takes a stream over that goes on: viewers of %s see no step back and no pause', async (feed) => {
    const { stage, first, readers } = await play(feed);
    const second = new Sender(stage, await stage.publish(), { burst: SOUND });
    second.configure(0);
    // Both send; the newer is heard from its first key frame on.
    const twins = film(520, 1000);
    for (const [index, moment] of film(BEFORE, BEFORE + 480).entries()) {
      await first.send([moment]);
      await second.send([twins[index]!], { paced: false });
    }
    expect(stage.told).not.toContain('end publish live/a replaced');
    await second.send(film(1000, 1000 + AFTER));
    stage.scheduler.advance(SECOND);
    expect(stage.told).toContain('end publish live/a replaced');
    expect(stage.told.filter((line) => line.startsWith('live/a'))).toEqual(['live/a starting', 'live/a live']);
    for (const reader of readers) {
      expectGoesOn(reader, MAX_GAP, [...film(0, BEFORE + 480), ...film(1000, 1000 + AFTER)]);
      expect(reader.moments.at(-1)![1]).toBe(BEFORE + 480 + AFTER - SOUND);
    }
    expect(stage.faults).toEqual([]);
  });

  test.each(feeds)('comes back after it was lost: viewers of %s see the pause as it was', async (feed) => {
    const { stage, readers, leave } = await play(feed);
    leave('lost');
    stage.scheduler.advance(3 * SECOND);
    const again = new Sender(stage, await stage.publish(), { burst: SOUND });
    again.configure(0);
    await again.send(film(0, AFTER));
    stage.scheduler.advance(SECOND);
    for (const reader of readers) {
      expectGoesOn(reader, 3000 + MAX_GAP, [...film(0, BEFORE), ...film(0, AFTER)]);
      expect(reader.moments.at(-1)![1]).toBe(BEFORE + 3000 + AFTER - SOUND - SOUND);
    }
    expect(stage.told.at(-1)).toBe('live/a live');
    expect(stage.faults).toEqual([]);
  });

  test.each(feeds)('starts again on its own connection: viewers of %s see no step back and no pause', async (feed) => {
    const stage = new LiveStage();
    const restart = 6000;
    const clock = ([, ms]: Moment): number => (ms < restart ? 20_000_000 + ms : ms - restart);
    const sender = new Sender(stage, await stage.publish(), { burst: SOUND, clock });
    const reader = await Reader.join(stage, feed);
    sender.configure(0);
    await sender.send(film(0, 2 * restart));
    stage.scheduler.advance(SECOND);
    expectGoesOn(reader, MAX_GAP, film(0, 2 * restart));
    expect(reader.moments).toEqual(film(0, 2 * restart));
  });
});
