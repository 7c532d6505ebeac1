import { describe, expect, test, vi } from 'vitest';
import { FakeFfmpeg, HANG } from '../../test/fake-ffmpeg.ts';
import { FakeLine } from '../../test/fake-line.ts';
import { demoFilm } from '../../test/push-films.ts';
import { settle, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { Denied, ProtocolError, RoomcastError } from '../errors.ts';
import type { Frame } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import type { PushProgress } from './progress.ts';
import { type Push, type PushOptions, pushOver, type PushResult } from './push.ts';

/** 16 s, 480 pictures, 750 sounds, a key frame every 2 s. */
const DEMO = new URL('../../assets/demo.flv', import.meta.url);
const gone = new ProtocolError('It is gone.', 'time-out');
/** Timers while the film plays: the progress of each second, and the next frame. */
const PLAYING = 2;

class Stage {
  readonly scheduler = new VirtualScheduler();
  readonly lines: FakeLine[] = [];
  readonly progress: PushProgress[] = [];
  readonly warnings: string[] = [];
  readonly pushing: Push;
  outcome: PushResult | RoomcastError | undefined;
  refusal: RoomcastError | undefined;
  /** It has a timer for the next attempt, too. */
  #isWaiting = false;

  constructor(options: PushOptions = {}, source: string | URL = DEMO) {
    const connect = (): FakeLine => {
      const line = new FakeLine(this.refusal);
      this.lines.push(line);
      return line;
    };
    const { scheduler } = this;
    this.pushing = pushOver(connect, source, 'rtmp://host/live/key', { scheduler, random: () => 1, ...options });
    this.pushing.on('progress', (progress) => this.progress.push(progress));
    this.pushing.on('warning', (warning) => this.warnings.push(warning));
    this.pushing.on('link', ({ state }) => (this.#isWaiting = state === 'waiting'));
    this.pushing.done.then(
      (result) => (this.outcome = result),
      (error: unknown) => (this.outcome = error as RoomcastError),
    );
  }

  /** Lets time go by no faster than the film is read. */
  async play(us: number): Promise<void> {
    for (let passed = 0; passed < us && !this.outcome; passed += 10 * MILLISECOND) {
      await this.ready();
      this.scheduler.advance(10 * MILLISECOND);
    }
    await this.ready();
  }

  async ready(): Promise<void> {
    do await settle();
    while (!this.outcome && this.scheduler.pending < PLAYING + (this.#isWaiting ? 1 : 0));
  }

  /** Everything that was sent, on whatever connection. */
  get frames(): Frame[] {
    return this.lines.flatMap(({ frames }) => frames);
  }

  count(kind: string): number {
    return this.frames.filter(({ track }) => track.kind === kind).length;
  }

  times(kind: string): number[] {
    return this.frames.filter(({ track }) => track.kind === kind).map(({ dts }) => dts);
  }
}

describe('a file that is pushed', () => {
  test('is sent frame by frame when each is due, to its end', async () => {
    const stage = new Stage();
    await stage.play(5 * SECOND);
    expect(stage.frames.at(-1)!.dts).toBeGreaterThan(4.95 * SECOND);
    expect(stage.frames.at(-1)!.dts).toBeLessThanOrEqual(5 * SECOND);
    await stage.play(12 * SECOND);
    expect(stage.outcome).toMatchObject({ reason: 'done', progress: { frames: 1230, lost: 0 } });
    expect([stage.count('video'), stage.count('audio')]).toEqual([480, 750]);
    expect(stage.lines.map(({ left }) => left)).toEqual([true]);
    expect(stage.scheduler.pending).toBe(0);
  });

  test('tells once a second how it goes', async () => {
    const stage = new Stage();
    await stage.play(10_100 * MILLISECOND);
    expect(stage.progress).toHaveLength(10);
    const last = stage.progress.at(-1)!;
    expect(last).toMatchObject({ live: true, lost: 0, reconnects: 0 });
    expect(last.time).toBeCloseTo(10, 1);
    expect(last.speed).toBeCloseTo(1, 1);
    const between = stage.frames.filter(({ dts }) => dts > 5 * SECOND && dts <= 10 * SECOND);
    const bitRate = (between.reduce((sum, { data }) => sum + data.length, 0) * 8) / 5;
    expect(last.bitRate / bitRate).toBeCloseTo(1, 1);
    await stage.pushing.stop();
  });

  test('goes round in a loop without a gap, sound and picture together', async () => {
    const stage = new Stage({ loop: true });
    await stage.play(50 * SECOND);
    expect(stage.outcome).toBeUndefined();
    for (const [kind, length] of [
      ['video', 33_334],
      ['audio', 22_000],
    ] as const) {
      const times = stage.times(kind);
      const steps = times.slice(1).map((time, index) => time - times[index]!);
      expect(Math.min(...steps)).toBeGreaterThan(0);
      expect(Math.max(...steps)).toBeLessThanOrEqual(length + 1000);
      expect(times.at(-1)! / SECOND).toBeCloseTo(50, 1);
    }
    expect(stage.progress.at(-1)!.duration).toBeUndefined();
    expect(stage.lines[0]!.announced.filter(({ kind }) => kind !== 'data')).toHaveLength(2);
    await stage.pushing.stop();
    expect(stage.outcome).toMatchObject({ reason: 'stopped' });
  });

  test('goes on where real time is when the connection comes back', async () => {
    const stage = new Stage();
    await stage.play(3 * SECOND);
    stage.lines[0]!.lose(gone);
    await stage.play(2500 * MILLISECOND);
    const [, second] = stage.lines;
    expect(second!.frames[0]!.dts).toBeGreaterThan(3.9 * SECOND);
    const pictures = second!.frames.filter(({ track }) => track.kind === 'video');
    expect(pictures[0]).toMatchObject({ key: true, dts: 4 * SECOND });
    await stage.play(12 * SECOND);
    expect(stage.outcome).toMatchObject({ reason: 'done', progress: { reconnects: 1 } });
  });

  test('that ends while there is no connection has failed', async () => {
    const stage = new Stage();
    await stage.play(14 * SECOND);
    stage.refusal = gone;
    stage.lines[0]!.lose(gone);
    await stage.play(5 * SECOND);
    expect(stage.outcome).toMatchObject({ code: 'time-out', message: expect.stringMatching(/It is gone/) });
  });

  test.each(['wrong-key', 'kicked'] as const)('ends at once when the server refuses it: %s', async (code) => {
    const stage = new Stage();
    await stage.play(SECOND);
    stage.lines[0]!.lose(new RoomcastError(code));
    await stage.play(SECOND);
    expect(stage.outcome).toMatchObject({ code });
    expect(stage.lines).toHaveLength(1);
  });

  test('does not start where the server refuses it', async () => {
    const stage = new Stage();
    stage.refusal = new RoomcastError('wrong-key');
    await expect(stage.pushing.done).rejects.toMatchObject({ code: 'wrong-key' });
    expect(stage.scheduler.pending).toBe(0);
  });

  test('may be stopped at any time, even before it began', async () => {
    const stage = new Stage();
    await stage.pushing.stop();
    expect(await stage.pushing.done).toMatchObject({ reason: 'stopped' });
    expect(stage.lines).toEqual([]);
    const other = new Stage();
    await other.play(SECOND);
    await other.pushing.stop();
    expect(other.lines[0]!.left).toBe(true);
    expect(other.scheduler.pending).toBe(0);
  });

  test('that is stopped before it began is not even opened', async () => {
    const ffmpeg = new FakeFfmpeg(HANG);
    const stage = new Stage({ transcode: { ffmpeg: ffmpeg.path } });
    await stage.pushing.stop();
    expect(stage.outcome).toMatchObject({ reason: 'stopped' });
    expect(ffmpeg.hasRun).toBe(false);
  });

  test('is stopped, or ended by the server, while nothing comes of it', async () => {
    for (const kicked of [undefined, new RoomcastError('kicked')]) {
      const ffmpeg = new FakeFfmpeg(`process.stdout.write(demo.subarray(0, 600_000)); ${HANG}`);
      const stage = new Stage({ transcode: { ffmpeg: ffmpeg.path } });
      await vi.waitUntil(() => stage.frames.length > 0, { timeout: 5000 });
      await stage.play(10 * MILLISECOND);
      if (kicked) stage.lines[0]!.lose(kicked);
      else void stage.pushing.stop();
      await vi.waitUntil(() => stage.outcome, { timeout: 5000 });
      expect(stage.outcome).toMatchObject(kicked ? { code: 'kicked' } : { reason: 'stopped' });
      expect([stage.lines[0]!.left, ffmpeg.isRunning]).toEqual([!kicked, false]);
      expect(stage.scheduler.pending).toBe(0);
    }
  });

  test('is stopped while it is opened', async () => {
    const ffmpeg = new FakeFfmpeg(HANG);
    const stage = new Stage({ transcode: { ffmpeg: ffmpeg.path } });
    await vi.waitUntil(() => ffmpeg.isRunning, { timeout: 5000 });
    await stage.pushing.stop();
    expect(stage.outcome).toMatchObject({ reason: 'stopped' });
    expect(ffmpeg.isRunning).toBe(false);
  });

  test('goes on when a server that let it in says no for a while', async () => {
    const stage = new Stage();
    await stage.play(SECOND);
    stage.refusal = new Denied('denied', 'The RTMP server refused: NetStream.Publish.BadName Already publishing');
    stage.lines[0]!.lose(gone);
    await stage.play(2 * SECOND);
    stage.refusal = undefined;
    await stage.play(6 * SECOND);
    expect(stage.outcome).toBeUndefined();
    expect(stage.progress.at(-1)).toMatchObject({ live: true, reconnects: 1 });
    await stage.pushing.stop();
  });

  test('keeps its pace where the sound in the file lags behind the pictures', async () => {
    const { path, frames } = demoFilm(10, { soundLag: 1.8 });
    const stage = new Stage({}, path);
    await stage.play(5 * SECOND);
    expect(stage.times('video').at(-1)).toBeCloseTo(5 * SECOND, -5);
    expect(stage.times('audio').at(-1)).toBeCloseTo(5 * SECOND, -5);
    await stage.play(6 * SECOND);
    expect(stage.outcome).toMatchObject({ reason: 'done', progress: { frames: frames.length } });
    expect(stage.warnings).toEqual([]);
  });

  test('that was cut off says so, once however often it goes round', async () => {
    const stage = new Stage({ loop: true }, demoFilm(4, { told: 16 }).path);
    await stage.play(10 * SECOND);
    expect(stage.outcome).toBeUndefined();
    expect(stage.warnings).toEqual(['The file ends after 4.0 s, where it says that it has 16.0 s: it was cut off.']);
    await stage.pushing.stop();
  });

  test('whose end the network does not take says so', async () => {
    const stage = new Stage();
    await stage.play(15.5 * SECOND);
    stage.lines[0]!.full(1000);
    await stage.play(7 * SECOND);
    expect(stage.outcome).toMatchObject({ reason: 'done' });
    expect(stage.warnings).toEqual(['The connection did not take the end of the film in time.']);
  });

  test('has to be there', async () => {
    const stage = new Stage({}, '/no/such/film.mp4');
    await expect(stage.pushing.done).rejects.toThrow('There is no file /no/such/film.mp4.');
    expect(stage.lines).toEqual([]);
  });
});
