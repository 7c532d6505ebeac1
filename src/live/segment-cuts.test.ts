import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../media/time.ts';
import { type CutOptions, SegmentCuts } from './segment-cuts.ts';

type Filled = (from: number, to: number) => boolean;

/** Cuts of frames at times in ms. */
class Stage {
  readonly cuts: SegmentCuts;
  /** What ended, one line each: `2000 segment`. */
  readonly said: string[] = [];
  #at = 0;

  /** `segment`, `part` and `gop` in ms. Default: two seconds in parts of 0.4, of which the first is no shorter. */
  constructor(options: Partial<CutOptions> = {}) {
    const { segment = 2000, part = 400, gop = 2000, pictures = true, hasty = false } = options;
    this.cuts = new SegmentCuts({
      segment: segment * MILLISECOND,
      part: part * MILLISECOND,
      gop: gop === 0 ? undefined : gop * MILLISECOND,
      pictures,
      hasty,
    });
    this.cuts.begin(0, true);
  }

  /** What ends before the frame at `ms`. */
  at(ms: number, key = false, filled?: Filled): string[] {
    const ends = this.cuts.at(ms * MILLISECOND, key, filled).map(({ time, what }) => `${time / MILLISECOND} ${what}`);
    this.said.push(...ends);
    this.#at = ms;
    return ends;
  }

  /** Frames every `step` ms until before `ms`; those at `keys` are key frames. */
  until(ms: number, { step = 40, keys = [] }: { step?: number; keys?: readonly number[] } = {}): string[] {
    const before = this.said.length;
    for (let at = this.#at + step; at < ms; at += step) this.at(at, keys.includes(at));
    return this.said.slice(before);
  }

  /** Frames go on from here. */
  skip(ms: number): void {
    this.#at = ms;
  }

  get segments(): string[] {
    return this.said.filter((line) => !line.endsWith('part'));
  }
}

describe('the target duration', () => {
  test.each([
    [2040, 2],
    [2100, 2],
    [2101, 3],
    [900, 2],
    [7500, 8],
    [10_000, 10],
    [60_000, 10],
  ])('of a GOP of %i ms is %i: whole seconds, to which times may be rounded', (gop, target) => {
    expect(new Stage({ gop }).cuts.target).toBe(target);
  });

  test('is that of what came where it ends before the first GOP does', () => {
    const stage = new Stage({ gop: 0 });
    stage.until(5000);
    expect(stage.cuts.target).toBeUndefined();
    expect(stage.cuts.close()).toBe(5 * SECOND);
    expect(stage.cuts.target).toBe(5);
  });
});

describe('a segment', () => {
  test('ends with a key frame that comes a little early, and not with one that comes much too early', () => {
    const stage = new Stage({ gop: 4000 });
    stage.at(480);
    for (const key of [500, 1000, 1500, 1970]) {
      stage.at(key - 40);
      expect(stage.at(key, true)).not.toContain(`${key} segment`);
    }
    const other = new Stage({ gop: 4000 });
    for (const key of [500, 1000, 1500, 1985]) {
      other.at(key - 40);
      other.at(key, true);
    }
    expect(other.segments).toEqual(['1985 segment']);
  });

  test('without a key frame ends when one more frame would make it too long', () => {
    const stage = new Stage();
    stage.until(2350, { step: 100 });
    expect(stage.segments).toEqual([]);
    expect(stage.at(2400)).toEqual(['2400 segment']);
  });

  test('ends with the frame before, where that lasts longer than was to be expected', () => {
    const stage = new Stage();
    stage.until(2400);
    expect(stage.segments).toEqual([]);
    expect(stage.at(2700)).toContain('2360 segment');
    expect(stage.segments).toHaveLength(1);
  });

  test('ends where nothing comes for longer than it may be, and what follows does not continue it', () => {
    const stage = new Stage({ part: 0 });
    stage.until(1000);
    expect(stage.at(4000, true)).toEqual(['1000 break']);
    expect(stage.at(5960)).toEqual([]);
    expect(stage.at(6000, true)).toEqual(['6000 segment']);
  });

  test('that began without a key frame makes way for one when it is half as long as others', () => {
    const stage = new Stage({ segment: 4000, gop: 1000, part: 0 });
    stage.until(480);
    stage.at(500);
    expect(stage.cuts.force(500 * MILLISECOND)).toBe(true);
    stage.until(9000, { step: 20, keys: [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000] });
    expect(stage.segments).toEqual(['3000 segment', '7000 segment']);
  });

  test('that ended early in the first GOP is followed by one that makes way, too', () => {
    const stage = new Stage({ segment: 4000, gop: 1300, hasty: true });
    stage.until(9000, { step: 20, keys: [1300, 2600, 3900, 5200, 6500, 7800] });
    expect(stage.segments).toEqual(['1200 segment', '3900 segment', '7800 segment']);
  });

  test('that has just begun cannot be forced to end', () => {
    const stage = new Stage({ part: 0 });
    expect(stage.cuts.force(0)).toBe(false);
    stage.until(2040, { keys: [2000] });
    expect(stage.segments).toEqual(['2000 segment']);
    expect(stage.cuts.force(2000 * MILLISECOND)).toBe(false);
    stage.at(2040);
    expect(stage.cuts.force(2040 * MILLISECOND)).toBe(true);
  });

  test('ends with a key frame that comes behind sound which is ahead of it', () => {
    const stage = new Stage({ part: 0 });
    stage.until(2000);
    for (const sound of [2020, 2040, 2060, 2080, 2100]) expect(stage.at(sound)).toEqual([]);
    expect(stage.at(1980)).toEqual([]);
    expect(stage.at(2000, true)).toEqual(['2000 segment']);
    // Pictures that are behind say nothing.
    expect(stage.at(2040)).toEqual([]);
    expect(stage.cuts.frame).toBe(20 * MILLISECOND);
    expect(stage.at(2000, true)).toEqual([]);
  });
});

test('what was gathered ends, when nothing follows it, with its last frame, shown as long as the one before', () => {
  const stage = new Stage();
  stage.until(1000, { step: 50 });
  expect(stage.cuts.close()).toBe(1000 * MILLISECOND);
});

describe('the first segment', () => {
  const later = (between: (stage: Stage) => void): string[] => {
    const stage = new Stage({ gop: 4000, hasty: true });
    between(stage);
    stage.until(9990, { step: 40, keys: [9000] });
    return stage.segments;
  };

  test('may end early, so that nobody waits for the GOP', () => {
    const stage = new Stage({ gop: 4000, hasty: true });
    stage.until(3990);
    expect(stage.segments).toEqual(['2400 segment']);
  });

  test('may not after a break: those who watch have a list', () => {
    const segments = later((stage) => {
      stage.until(200);
      stage.at(5000, true);
    });
    expect(segments).toEqual(['200 break', '9000 segment']);
  });

  test('may not when another publisher follows', () => {
    const segments = later((stage) => {
      stage.until(200);
      stage.cuts.close();
      stage.at(160);
      stage.cuts.begin(5 * SECOND, true);
      stage.skip(5000);
    });
    expect(segments).toEqual(['9000 segment']);
  });
});

describe('parts', () => {
  /** The first of 0.4 s is over. */
  const begun = (options: Partial<CutOptions> = {}): Stage => {
    const stage = new Stage({ gop: 10_000, ...options });
    stage.until(401);
    expect([stage.said, stage.cuts.partTarget]).toEqual([['400 part'], 400 * MILLISECOND]);
    return stage;
  };

  test('are not cut short by a frame that was shown for long once', () => {
    const stage = begun();
    for (const ms of [440, 480, 520, 560, 600]) stage.at(ms);
    expect(stage.at(750)).toEqual([]);
    expect(stage.at(790)).toEqual(['790 part']);
  });

  test('end before a picture that stands still so long that they would be too long with it', () => {
    const stage = begun();
    for (const ms of [440, 480, 520, 560, 600]) stage.at(ms);
    expect(stage.at(900)).toEqual(['600 part']);
    // But not where that picture alone is longer than a part.
    const other = begun();
    for (const ms of [440, 480, 520, 560, 600]) other.at(ms);
    expect(other.at(1100)).toEqual(['1100 part']);
  });

  test('end while a picture stands still where there is sound for them', () => {
    const stage = begun();
    for (const ms of [440, 480, 520]) stage.at(ms);
    expect(stage.at(2050, false, () => true)).toEqual(['800 part', '1200 part', '1600 part', '2000 part']);
    const until = begun();
    expect(until.at(2050, false, (from) => from < 900 * MILLISECOND)).toEqual(['800 part', '1200 part', '2050 part']);
  });

  test('end so before a key frame that comes late and begins a segment, too', () => {
    const late = (ms: number, filled?: Filled): string[] => {
      const stage = begun();
      for (let at = 440; at <= 1760; at += 40) stage.at(at);
      return stage.at(ms, true, filled);
    };
    // The last part was to be 400 ms long, of 1600 to 2000.
    expect(late(2000)).toEqual(['2000 segment']);
    expect(late(2015)).toEqual(['1760 part', '2015 segment']);
    expect(late(2430, () => true)).toEqual(['2000 part', '2400 part', '2430 segment']);
  });
});
