import { describe, expect, test } from 'vitest';
import { FakeLine } from '../../test/fake-line.ts';
import { settle, VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { ProtocolError, RoomcastError } from '../errors.ts';
import type { Frame } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';
import type { PushProgress } from './progress.ts';
import { type Push, push, type PushOptions, type PushResult } from './push.ts';

/** 16 s, 480 pictures, 750 sounds, a key frame every 2 s. */
const DEMO = new URL('../../assets/demo.flv', import.meta.url);
const gone = new ProtocolError('It is gone.', 'time-out');
/** Timers while the film plays: the progress of each second, and the next frame. */
const PLAYING = 2;

class Stage {
  readonly scheduler = new VirtualScheduler();
  readonly lines: FakeLine[] = [];
  readonly progress: PushProgress[] = [];
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
    this.pushing = push(source, 'rtmp://host/live/key', { scheduler, connect, random: () => 1, ...options });
    this.pushing.on('progress', (progress) => this.progress.push(progress));
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

  test('has to be there', async () => {
    const stage = new Stage({}, '/no/such/film.mp4');
    await expect(stage.pushing.done).rejects.toThrow('There is no file /no/such/film.mp4.');
    expect(stage.lines).toEqual([]);
  });
});
