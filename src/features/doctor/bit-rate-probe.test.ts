import { describe, expect, test } from 'vitest';
import { SECOND } from '../../media/time.ts';
import { BitRateProbe } from './bit-rate-probe.ts';

interface Line {
  /** Mbit/s in each second, over and over. */
  rates: readonly number[];
  /** Seconds of them that are over when the first frame comes. */
  from?: number;
  /** Seconds; default 30. */
  seconds?: number;
  /** Bytes of a key frame, and seconds from one to the next. */
  key?: { bytes: number; every: number };
  /** Seconds by which frames of a second are late. */
  late?: (second: number) => number;
}

/** 50 frames a second, of which the first ones say how late they are. */
function see({ rates, from = 0, seconds = 30, key, late = () => 0 }: Line, probe = new BitRateProbe()): BitRateProbe {
  for (let index = 0; index < seconds * 50; index++) {
    const second = index / 50;
    const now = Math.round(second * SECOND);
    const isKey = key !== undefined && index % Math.round(key.every * 50) === 0;
    const rate = rates[Math.floor(second + from) % rates.length]! * 1_000_000;
    probe.see(isKey ? key.bytes : rate / 8 / 50, isKey, now);
    probe.seeLateness(late(second) * SECOND);
  }
  return probe;
}

const ups = (low: number, high: number): number[] => [high, high, low, low];
const lateByTurns = (second: number): number => (second % 6 < 3 ? 0 : 1.2);

describe('a bit rate', () => {
  test.each<[string, Line]>([
    ['that is steady', { rates: [3] }],
    ['that is steady and late', { rates: [3], late: lateByTurns }],
    ['that swings by three on time', { rates: ups(1, 3) }],
    ['that swings by two and is late', { rates: ups(1.5, 3), late: lateByTurns }],
    ['that swings by little', { rates: ups(0.1, 0.9) }],
    ['that swings once', { rates: [...Array<number>(20).fill(1), 6, 6, 6, 6, ...Array<number>(6).fill(1)] }],
    ['of slides, which are all key frame', { rates: [0.05], key: { bytes: 700_000, every: 4 } }],
    ['that is late once and stays so', { rates: [3], late: (second) => (second < 24 ? 0 : 4) }],
    [
      'whose lateness comes and goes',
      { rates: [3], late: (second) => (second % 8 < 4 ? second % 4 : 4 - (second % 4)) * 0.6 },
    ],
    ['that was not seen for long', { rates: ups(1, 6), seconds: 4 }],
  ])('%s is not unstable', (_what, line) => {
    expect(typeof see(line).unstable()).not.toBe('object');
  });

  test.each<[string, BitRateProbe, object]>([
    ['that swings by five', see({ rates: ups(1, 5) }), { low: 1_000_000, high: 5_000_000, advised: 2_700_000 }],
    [
      'that swings by three and is late by turns',
      see({ rates: ups(1, 3), late: lateByTurns }),
      { low: 1_000_000, high: 3_000_000, advised: 1_800_000 },
    ],
    [
      'that stays behind more and more',
      see({ rates: [2], late: (second) => second * 0.25 }),
      { low: 2_000_000, high: 2_590_000, advised: 1_800_000 },
    ],
    ['whose noise is full of cuts', cuts(), { low: 560_000, high: 2_740_000, advised: 1_400_000 }],
  ])('%s is unstable', (_what, probe, values) => {
    expect(probe.unstable()).toEqual(values);
    probe.reset();
    expect(probe.unstable()).toBeUndefined();
  });

  test.each([0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.3])(
    'that swings is unstable wherever in a second it does (%s s)',
    (from) => {
      expect(see({ rates: ups(0.6, 6.5), from, seconds: 11 }).unstable()).toBeTypeOf('object');
    },
  );

  test('is high above the limit, until it is well below', () => {
    const probe = see({ rates: [9] });
    expect(probe.high()).toEqual({ bitRate: 9_000_000, limit: 8_000_000, advised: 6_000_000 });
    expect(see({ rates: [7.6] }).high()).toBe('border');
    expect(see({ rates: [7] }).high()).toBe('well');
    expect(see({ rates: [9], seconds: 4 }).high()).toBeUndefined();
  });

  test('is not high any more when the advice was followed, with the sound that comes on top', () => {
    const { advised } = see({ rates: [12] }).high() as { advised: number };
    expect(see({ rates: [advised / 1e6 + 0.32] }).high()).toBe('well');
  });

  test('is high with its key frames', () => {
    expect(see({ rates: [5], key: { bytes: 1_000_000, every: 2 } }).high()).toMatchObject({ limit: 8_000_000 });
  });
});

/** Two seconds of noise, in which every fifth picture is a key frame of a cut, and two of a still. */
function cuts(): BitRateProbe {
  const probe = new BitRateProbe();
  for (let index = 0; index < 30 * 50; index++) {
    const noise = Math.floor(index / 100) % 2 === 0;
    const isKey = noise && index % 5 === 0;
    probe.see(isKey ? 30_000 : 1250, isKey, (index / 50) * SECOND);
    probe.seeLateness(0);
  }
  return probe;
}
