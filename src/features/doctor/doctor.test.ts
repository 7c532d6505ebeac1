import { describe, expect, test } from 'vitest';
import { DoctorStage, type ShowOptions } from '../../../test/doctor-stage.ts';
import { audioTrack, videoTrack } from '../../../test/media.ts';
import { Random } from '../../../test/fuzz/random.ts';
import type { FindingCode } from '../../client/messages.ts';
import { SECOND } from '../../media/time.ts';
import { findingCodes } from './thresholds.ts';

const dice = new Random(7);
const noise = Array.from({ length: 4096 }, () => dice.next() / 2 ** 32);
/** 0 to 1, the same for the same index. */
const random = (index: number): number => noise[Math.abs(Math.floor(index)) % noise.length]!;

/** An avcC with one parameter set (ISO/IEC 14496-15, 5.3.3.1), which tells its profile and little else. */
const avcConfig = (sps: readonly number[]): Uint8Array =>
  Uint8Array.of(1, ...sps.slice(1, 4), 0xff, 0xe1, 0, sps.length, ...sps, 0);

interface Bad {
  code: FindingCode;
  what: string;
  show: Partial<ShowOptions>;
  values: object;
  /** Seconds within which it has to be found: ten, or two GOPs. */
  within?: number;
  /** What else is true of it. */
  also?: FindingCode[];
}

const bads: Bad[] = [
  { code: 'gop-long', what: 'a key frame every 10 s', show: { gops: [10] }, values: { seconds: 10 } },
  { code: 'gop-long', what: 'a key frame every 4 s', show: { gops: [4] }, values: { seconds: 4 } },
  {
    code: 'gop-irregular',
    what: 'key frames after 1 s and 3 s by turns',
    show: { gops: [0.5, 3] },
    values: { shortest: 0.5, longest: 3 },
  },
  {
    code: 'frame-rate-variable',
    what: 'every other second a third of the pictures missing',
    show: { drops: (second, index) => Math.floor(second) % 2 === 1 && index % 3 === 0 },
    values: { low: 20, high: 30 },
  },
  {
    code: 'frame-rate-variable',
    what: 'pictures missing at random',
    show: { fps: 60, drops: (second, index) => random(index) < 0.3 + 0.3 * Math.sin(second * 2) },
    values: { low: expect.any(Number), high: expect.any(Number) },
  },
  {
    code: 'bit-rate-unstable',
    what: 'noise and a still by turns of 2 s',
    show: { size: (second) => (second % 4 < 2 ? 20_000 : 1000) },
    values: { low: expect.any(Number), high: expect.any(Number), advised: expect.any(Number) },
  },
  {
    code: 'bit-rate-unstable',
    what: 'a line that is held up again and again',
    show: { late: (second) => 2.5 - (second % 3) * 0.8 },
    values: { low: expect.any(Number), high: expect.any(Number), advised: expect.any(Number) },
  },
  {
    code: 'bit-rate-high',
    what: '12 Mbit/s',
    show: { size: () => 50_000 },
    values: { bitRate: expect.closeTo(12_150_000, -5), limit: 8_000_000, advised: 6_000_000 },
  },
  { code: 'audio-missing', what: 'no sound', show: { audio: false }, values: {} },
  { code: 'video-missing', what: 'no picture', show: { video: false }, values: {} },
  { code: 'b-frames', what: 'three B-frames', show: { bFrames: 3 }, values: { frames: 3, delay: 33 } },
  {
    code: 'codec-unplayable',
    what: 'H.265',
    show: { video: { ...videoTrack(), codec: 'h265' } },
    values: { codec: 'h265', kind: 'video', browsers: 'some' },
  },
  {
    code: 'codec-unplayable',
    what: 'AC-3',
    show: { audio: { ...audioTrack(), codec: 'ac3' } },
    values: { codec: 'ac3', kind: 'audio', browsers: 'some' },
  },
  {
    code: 'codec-unplayable',
    what: 'H.264 with 4:2:2',
    show: { video: { ...videoTrack(), config: avcConfig([0x67, 122, 0, 0x1f]) } },
    values: { codec: 'h264', kind: 'video', browsers: 'some', profile: 'High 4:2:2' },
  },
  {
    code: 'timestamps-jump',
    what: 'a clock that jumps an hour ahead',
    show: { clock: (second) => (second < 6 ? second : second + 3600) },
    values: { jumps: 1, seconds: 3600 },
    within: 16,
  },
  {
    code: 'timestamps-jump',
    what: 'a clock that starts again every 5 s',
    show: { clock: (second) => second % 5 },
    values: { jumps: expect.any(Number), seconds: 5 },
  },
];

describe('the doctor', () => {
  test.each(bads)('finds $code: $what', async ({ code, show, values, within = 10, also = [] }) => {
    const stage = new DoctorStage();
    const bad = await stage.live.publish();
    const ill = stage.play(bad, { seconds: 21, ...show });
    expect(ill.came.get(code)).toBeLessThanOrEqual(within + 0.5);
    expect(ill.findings.find((finding) => finding.code === code)).toMatchObject({ values });
    expect(ill.times.get(code)).toBe(1);
    expect([...ill.seen].filter((each) => each !== code && !also.includes(each as FindingCode))).toEqual([]);

    bad.publisher.end('lost');
    const good = await stage.live.publish();
    const well = stage.play(good, { seconds: 12 });
    expect(well.findings).toEqual([]);
    expect(well.last.get(code) ?? 0).toBeLessThanOrEqual(10);
    const told = stage.log.filter(({ fields }) => fields.code === code);
    expect(told.map(({ fields }) => 'values' in fields)).toEqual([true, false]);
  });

  test.each<[string, Partial<ShowOptions>]>([
    ['at 30 a second', {}],
    ['at 60 a second', { fps: 60 }],
    ['at 24 a second with a key frame every 60 pictures', { fps: 24, gops: [2.5] }],
    ['at 5 a second', { fps: 5 }],
    ['with a key frame every 3 s', { gops: [3] }],
    ['with extra key frames at cuts', { gops: [2, 0.7, 2, 1.3, 0.2, 0.4, 2, 1.8] }],
    ['that has a key frame only at cuts and every 2.5 s', { gops: [1.1, 0.3, 2.5, 0.6, 2.2] }],
    ['over a line that jitters by 300 ms', { late: (second) => 0.3 * random(second * 50) }],
    ['that comes in bursts of half a second', { late: (second) => 0.5 - (second % 0.5) }],
    ['whose pictures differ in size', { size: (second) => 2000 + 14_000 * random(second * 30) }],
    ['of a film with quiet scenes', { size: (second) => (second % 11 < 7 ? 9000 : 2500) }],
    ['of slides', { size: (second) => (second % 5 < 0.1 ? 30_000 : 50) }],
    ['with mp3', { audio: { ...audioTrack(), codec: 'mp3', config: new Uint8Array(0) } }],
    ['whose clock begins at ten hours', { clock: (second) => second + 36_000 }],
    ['that goes from 60 to 30 a second', { fps: 60, drops: (second, index) => second > 20 && index % 2 === 1 }],
    ['that loses half a second of pictures', { drops: (second) => second % 20 > 19.5 }],
    ['whose line stands still for half a second', { late: (second) => Math.max(0, 0.5 - (second % 20)) }],
  ])('finds nothing in a clean stream %s', async (_what, show) => {
    const stage = new DoctorStage();
    const { seen } = stage.play(await stage.live.publish(), { seconds: 45, ...show });
    expect([...seen]).toEqual([]);
    expect(stage.log).toEqual([]);
  });

  test('does not waver where a GOP is now above the limit, now below', async () => {
    const stage = new DoctorStage();
    const gops = Array.from({ length: 60 }, (_, index) => 2.95 + 0.2 * random(index * 7));
    const { times } = stage.play(await stage.live.publish(), { seconds: 150, gops });
    expect(times.get('gop-long')).toBe(1);
  });

  test('lets a finding go when the same encoder has mended its ways', async () => {
    const stage = new DoctorStage();
    const by = await stage.live.publish();
    const gops = [10, 10, ...Array<number>(20).fill(2)];
    const course = stage.play(by, { seconds: 40, gops });
    expect(course.came.get('gop-long')).toBeLessThan(7);
    expect(course.last.get('gop-long')).toBeGreaterThan(20);
    expect(course.last.get('gop-long')).toBeLessThan(32);
    expect(course.times.get('gop-long')).toBe(1);
  });

  test('keeps what it found while the publisher is away, and when it comes back as it was', async () => {
    const stage = new DoctorStage();
    const by = await stage.live.publish();
    stage.play(by, { seconds: 10, audio: false, gops: [5] });
    expect(stage.codes).toEqual(['gop-long', 'audio-missing']);
    by.publisher.end('lost');
    stage.live.scheduler.advance(12 * SECOND);
    expect(stage.codes).toEqual(['gop-long', 'audio-missing']);
    const again = stage.play(await stage.live.publish(), { seconds: 15, audio: false, gops: [5] });
    expect([...again.times]).toEqual([
      ['gop-long', 1],
      ['audio-missing', 1],
    ]);
    expect(stage.log.map(({ fields }) => fields.code)).toEqual(['gop-long', 'audio-missing']);
  });

  test('forgets everything with the broadcast, says so, and has no timer left', async () => {
    const stage = new DoctorStage();
    const by = await stage.live.publish();
    stage.play(by, { seconds: 10, audio: false });
    by.publisher.end('ended');
    expect(stage.findings).toEqual([]);
    expect(stage.changes.at(-1)).toBe('live/a');
    expect(stage.log.at(-1)).toMatchObject({ level: 'info', fields: { path: 'live/a', code: 'audio-missing' } });
    stage.live.scheduler.advance(60 * SECOND);
    expect(stage.live.scheduler.pending).toBe(0);
  });

  test('tells of the worst first, and then in the order of the table', async () => {
    const stage = new DoctorStage();
    const video = { ...videoTrack(), codec: 'vp8' as const };
    stage.play(await stage.live.publish(), { seconds: 20, video, audio: false, gops: [0.5, 4], bFrames: 2 });
    expect(stage.codes).toEqual(['gop-long', 'audio-missing', 'codec-unplayable', 'gop-irregular', 'b-frames']);
    expect(findingCodes).toHaveLength(12);
  });

  test('tells of a change only where there is one', async () => {
    const stage = new DoctorStage();
    stage.play(await stage.live.publish(), {
      seconds: 60,
      gops: [4],
      size: (second) => 50_000 + 2000 * random(second),
    });
    expect(stage.codes).toEqual(['gop-long', 'bit-rate-high']);
    expect(stage.changes.length).toBeLessThan(8);
  });

  test('examines each stream by itself, and stops when it is closed', async () => {
    const stage = new DoctorStage();
    stage.play(await stage.live.publish({ path: 'live/b' }), { seconds: 10, audio: false });
    stage.play(await stage.live.publish(), { seconds: 10 });
    expect(stage.findings).toEqual([]);
    expect(stage.doctor.findings('live/b')).toHaveLength(1);
    stage.doctor.close();
    expect(stage.doctor.findings('live/b')).toEqual([]);
  });
});
