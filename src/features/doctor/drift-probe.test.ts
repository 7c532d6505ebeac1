import { describe, expect, test } from 'vitest';
import { show, type ShowOptions } from '../../../test/doctor-stage.ts';
import { Random } from '../../../test/fuzz/random.ts';
import { audioTrack } from '../../../test/media.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { Examination } from './examination.ts';

const dice = new Random(11);
const noise = Array.from({ length: 4096 }, () => dice.next() / 2 ** 32);
/** 0 to 1, the same for the same index. */
const random = (index: number): number => noise[Math.floor(index) % noise.length]!;

const HOUR = 3600;
const PPM = 1e-6;
/** Few frames, so that hours pass quickly: AAC of 8 kHz mono, 128 ms each. */
const sparse = { fps: 4, audio: audioTrack([0x15, 0x88]), soundFrame: 1024 / 8000 };
const jitter = (second: number): number => 0.2 * random(second * 1000);

interface Drift {
  /** Second at which it was found first, how often it came, and what it is at the end. */
  came: number | undefined;
  times: number;
  msPerHour: unknown;
}

/** Examines a show, with a verdict each second. */
function examine(options: ShowOptions, scheduler = new VirtualScheduler(), examination?: Examination): Drift {
  const examined = examination ?? new Examination(scheduler);
  const start = scheduler.now();
  const drift: Drift = { came: undefined, times: 0, msPerHour: undefined };
  let due = start + SECOND;
  for (const { frame, at } of show(options)) {
    for (; start + at >= due; due += SECOND) {
      scheduler.advanceTo(due);
      if (!examined.judge().came.some(({ code }) => code === 'clock-drift')) continue;
      drift.came ??= (due - start) / SECOND;
      drift.times++;
    }
    scheduler.advanceTo(start + at);
    examined.see(frame, true, start + at);
  }
  const finding = examined.findings.find(({ code }) => code === 'clock-drift');
  return { ...drift, msPerHour: finding?.values['msPerHour'] };
}

describe('C-TIME-08: two clocks that move apart', () => {
  test.each([
    [200, 'own', 6],
    [-200, 'picture', 6],
    [-200, 'own', 1],
    [200, 'picture', 1],
  ] as const)('by %d ppm, with time stamps of the %s clock, for %d h', (ppm, soundStamps, hours) => {
    const options = { ...sparse, seconds: hours * HOUR, soundSpeed: 1 + ppm * PPM, soundStamps, late: jitter };
    const { came, times, msPerHour } = examine(options);
    // 200 ppm are 720 ms an hour.
    expect(Math.abs((msPerHour as number) / Math.sign(ppm) - 720)).toBeLessThan(40);
    expect(came).toBeLessThan(300);
    expect(times).toBe(1);
  });

  test('by 25 ppm, which is 90 ms an hour, are found out within half an hour', () => {
    const { came, msPerHour } = examine({ seconds: 0.6 * HOUR, soundSpeed: 1 + 25 * PPM, late: jitter, fps: 10 });
    expect(Math.abs((msPerHour as number) - 90)).toBeLessThan(20);
    expect(came).toBeLessThan(0.5 * HOUR);
  });

  test.each<[string, Partial<ShowOptions>]>([
    ['a line that jitters by 200 ms', { late: jitter }],
    ['a line that slows down for minutes', { late: (second) => 0.3 + 0.3 * Math.sin(second / 200) }],
    ['clocks that agree to 5 ppm', { soundSpeed: 1 + 5 * PPM, late: jitter }],
    ['sound that is lost now and then', { loses: (second) => second % 100 < 0.5 }],
    ['a clock that jumps', { clock: (second) => second + 5 * Math.floor(second / 500) }],
    [
      'mp3 of 44.1 kHz',
      { audio: { ...audioTrack(), codec: 'mp3', config: new Uint8Array(0) }, soundFrame: 1152 / 44_100 },
    ],
    ['a buffer that is filled anew', { soundLate: (second) => (second > 1800 ? 0.2 : 0) }],
    ['sound that comes late for a while', { soundLate: (second) => (second > 1500 && second < 1700 ? 0.3 : 0) }],
  ])('are not seen in %s', (_what, options) => {
    expect(examine({ ...sparse, seconds: HOUR, ...options }).times).toBe(0);
  });

  test('are forgotten with the publisher', () => {
    const scheduler = new VirtualScheduler();
    const examination = new Examination(scheduler);
    examine({ ...sparse, seconds: 600, soundSpeed: 1 + 500 * PPM }, scheduler, examination);
    expect(examination.findings.map(({ code }) => code)).toEqual(['clock-drift']);
    examination.begin();
    expect(examination.findings).toEqual([]);
    expect(examination.judge()).toMatchObject({ went: ['clock-drift'], changed: true });
    expect(examine({ ...sparse, seconds: 600 }, scheduler, examination).times).toBe(0);
  });
});
