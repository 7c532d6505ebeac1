import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveStage } from '../../test/live-stage.ts';
import { audioTrack, film, frame, videoTrack } from '../../test/media.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';

const video = videoTrack();
const audio = audioTrack();

describe('a newer publisher with the same key', () => {
  test('takes over at its first key frame while both send; viewers see one continuous stream', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const old = await stage.publish();
    await stage.run({ by: old, frames: film({ ms: 2000, video, audio }) });
    const young = await stage.publish();
    await stage.run(
      { by: old, frames: film({ ms: 600, from: 2000, video, audio }) },
      { by: young, frames: film({ ms: 1600, from: 2400, video: videoTrack([5]), audio }) },
    );
    expect(old.closed).toEqual({ reason: 'replaced', code: undefined });
    expect(viewer.ended).toBeUndefined();
    expect(viewer.words.filter((word) => word.startsWith('['))).toHaveLength(1);
    const at = viewer.words.indexOf('+v5');
    expect(viewer.words[at + 1]).toMatch(/^K/);
    const times = viewer.times();
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeLessThanOrEqual(80);
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(0);
  });

  test('is not heard before its key frame, and nothing of the older one after it', async () => {
    const stage = new LiveStage();
    const old = await stage.publish();
    const seen: number[] = [];
    await stage.run({ by: old, frames: film({ ms: 1000, video, audio, sizes: { key: 11, picture: 11, sound: 11 } }) });
    stage.hub.stream('live/a')!.add({ update() {}, write: ({ data }) => void seen.push(data.length), end() {} });
    seen.length = 0;
    const young = await stage.publish();
    await stage.run(
      { by: old, frames: film({ ms: 3000, from: 1000, video, audio, sizes: { key: 11, picture: 11, sound: 11 } }) },
      {
        by: young,
        frames: film({
          ms: 3000,
          from: 1020,
          gop: 1520,
          video,
          audio,
          sizes: { key: 22, picture: 22, sound: 22 },
        }).slice(2),
      },
    );
    expect(seen.join('')).toMatch(/^(?:11)+(?:22)+$/);
  });

  test('wins at once where the older one was silent for a second', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const old = await stage.publish();
    await stage.run({ by: old, frames: film({ ms: 2000, video, audio }) });
    stage.scheduler.advance(SECOND - 20 * MILLISECOND); // the last frame came 20 ms ago
    const young = await stage.publish();
    expect(old.closed?.reason).toBe('replaced');
    await stage.run({ by: young, frames: film({ ms: 500, video, audio }) });
    expect(viewer.ended).toBeUndefined();
    expect(viewer.times().at(-1)).toBeGreaterThan(2900);
  });

  test('waits where the older one sent something less than a second ago', async () => {
    const stage = new LiveStage();
    const old = await stage.publish();
    await stage.run({ by: old, frames: film({ ms: 2000, video, audio }) });
    stage.scheduler.advance(SECOND - 21 * MILLISECOND);
    await stage.publish();
    expect(old.closed).toBeUndefined();
  });

  test('may come again at once after a silent one was replaced: only two that send are held apart', async () => {
    const stage = new LiveStage();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 1000, video, audio }) });
    stage.scheduler.advance(2 * SECOND);
    const second = await stage.publish();
    await stage.run({ by: second, frames: film({ ms: 1000, video, audio }) });
    expect(await stage.refusal(stage.publish())).toBe('admitted');
  });

  test('takes over at most once in ten seconds while both send', async () => {
    const stage = new LiveStage();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 1000, video, audio }) });
    const second = await stage.publish();
    await stage.run({ by: second, frames: film({ ms: 40, from: 1000, video, audio }) });
    expect(first.closed?.reason).toBe('replaced');
    for (let seconds = 1; seconds < 9; seconds++) {
      await stage.run({ by: second, frames: film({ ms: 1000, from: 1000 * seconds, video, audio }) });
      expect(await stage.refusal(stage.publish())).toBe('too-soon');
    }
    await stage.run({ by: second, frames: film({ ms: 1940, from: 9000, video, audio }) });
    expect(await stage.refusal(stage.publish())).toBe('too-soon');
    await stage.run({ by: second, frames: film({ ms: 20, from: 10_940, audio }) });
    expect(await stage.refusal(stage.publish())).toBe('admitted');
  });

  test('is refused while another one waits to take over', async () => {
    const stage = new LiveStage();
    const first = await stage.publish();
    await stage.run({ by: first, frames: film({ ms: 1000, video, audio }) });
    await stage.publish();
    expect(await stage.refusal(stage.publish())).toBe('too-soon');
  });

  test('that leaves before its key frame changes nothing', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const old = await stage.publish();
    await stage.run({ by: old, frames: film({ ms: 1000, video, audio }) });
    const young = await stage.publish();
    await young.write(frame(video, 0));
    young.publisher.end('ended');
    await stage.run({ by: old, frames: film({ ms: 1000, from: 1000, video, audio }) });
    expect(viewer.times().at(-1)).toBe(1960);
    expect(stage.hub.stream('live/a')?.state).toBe('live');
  });

  test('goes on with the broadcast when the older one leaves while it waits', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const old = await stage.publish();
    await stage.run({ by: old, frames: film({ ms: 1000, video, audio }) });
    const { id } = stage.hub.stream('live/a')!.broadcast!;
    const young = await stage.publish();
    await young.write(frame(video, 0));
    old.publisher.end('lost');
    await stage.run({ by: young, frames: film({ ms: 1000, video, audio }) });
    expect(viewer.ended).toBeUndefined();
    expect(stage.hub.stream('live/a')!.broadcast!.id).toBe(id);
    expect(viewer.times().at(-1)).toBe(1960);
  });

  test('with sound alone takes over from sound alone after a second', async () => {
    const stage = new LiveStage();
    const old = await stage.publish();
    await stage.run({ by: old, frames: film({ ms: 1500, audio }) });
    const young = await stage.publish();
    await stage.run(
      { by: old, frames: film({ ms: 2000, from: 1500, audio }) },
      { by: young, frames: film({ ms: 2000, from: 1500, audio }) },
    );
    expect(old.closed?.reason).toBe('replaced');
    expect(stage.hub.publisher('live/a')).toBe(young.publisher);
  });
});

describe('a publisher with another key', () => {
  test('is refused while somebody publishes', async () => {
    const stage = new LiveStage();
    const first = await stage.publish({ key: 'ONE' });
    await stage.run({ by: first, frames: film({ ms: 1000, video, audio }) });
    expect(await stage.refusal(stage.publish({ key: 'TWO' }))).toBe('already-publishing');
    stage.scheduler.advance(20 * SECOND);
    expect(await stage.refusal(stage.publish({ key: 'TWO' }))).toBe('already-publishing');
  });
});

describe('priority', () => {
  test('a demo yields to a real publisher at its first key frame and may not come back while it is there', async () => {
    const stage = new LiveStage();
    const viewer = await stage.play();
    const demo = await stage.publish({ key: 'demo', priority: -1 });
    await stage.run({ by: demo, frames: film({ ms: 1000, video, audio }) });
    const real = await stage.publish({ key: 'real' });
    await stage.run(
      { by: demo, frames: film({ ms: 200, from: 1000, video, audio }) },
      { by: real, frames: film({ ms: 1000, from: 1040, video, audio }) },
    );
    expect(demo.closed?.reason).toBe('replaced');
    expect(viewer.ended).toBeUndefined();
    expect(await stage.refusal(stage.publish({ key: 'demo', priority: -1 }))).toBe('already-publishing');
  });

  test('the real one does not use up its right to be replaced by doing so', async () => {
    const stage = new LiveStage();
    const demo = await stage.publish({ key: 'demo', priority: -1 });
    await stage.run({ by: demo, frames: film({ ms: 1000, video, audio }) });
    const real = await stage.publish({ key: 'real' });
    await stage.run({ by: real, frames: film({ ms: 1000, video, audio }) });
    expect(await stage.refusal(stage.publish({ key: 'real' }))).toBe('admitted');
  });

  test('a real one that waits for its key frame gives way to nobody less', async () => {
    const stage = new LiveStage();
    const demo = await stage.publish({ key: 'demo', priority: -1 });
    await stage.run({ by: demo, frames: film({ ms: 1000, video, audio }) });
    await stage.publish({ key: 'real' });
    expect(await stage.refusal(stage.publish({ key: 'demo', priority: -1 }))).not.toBe('admitted');
  });
});

describe('R-09: two encoders fight for one key, each coming back two seconds after it was closed or refused', () => {
  test('they switch at most once in ten seconds, never interleave, and no viewer loses the stream', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 2000 }), fc.integer({ min: 400, max: 4000 }), async (offset, gop) => {
        const stage = new LiveStage();
        const viewer = await stage.play();
        const seen: number[] = [];
        const encoders = [new Encoder(1, 0, gop), new Encoder(2, offset, gop)];
        let watching = false;
        for (let ms = 0; ms < 60_000; ms += 40) {
          stage.scheduler.advance(40 * MILLISECOND);
          for (const encoder of encoders) await encoder.step(stage, ms);
          const stream = stage.hub.stream('live/a');
          if (!watching && stream) {
            stream.add({ update() {}, write: ({ data }) => void seen.push(data.length), end() {} });
            watching = true;
          }
        }
        const switches = seen.filter((size, index) => index > 0 && size !== seen[index - 1]).length;
        expect(switches).toBeGreaterThan(0);
        expect(switches).toBeLessThanOrEqual(7);
        expect(viewer.ended).toBeUndefined();
        const times = viewer.times();
        for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeLessThanOrEqual(120);
        expect(stage.faults).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  class Encoder {
    readonly #size: number;
    readonly #gop: number;
    #next: number;
    #peer: Awaited<ReturnType<LiveStage['publish']>> | undefined;
    #since = 0;

    constructor(size: number, start: number, gop: number) {
      this.#size = size;
      this.#next = start;
      this.#gop = Math.round(gop / 40) * 40;
    }

    async step(stage: LiveStage, ms: number): Promise<void> {
      if (this.#peer?.closed) {
        this.#peer = undefined;
        this.#next = ms + 2000;
      }
      if (!this.#peer && ms >= this.#next) {
        this.#next = ms + 2000;
        this.#peer = await stage.publish().catch(() => undefined);
        this.#since = ms;
      }
      if (!this.#peer) return;
      const time = ms - this.#since;
      await this.#peer.write(frame(video, time, { key: time % this.#gop === 0, size: this.#size }));
    }
  }
});
