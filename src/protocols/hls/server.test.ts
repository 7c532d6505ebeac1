import { describe, expect, test } from 'vitest';
import { LiveStage, type StagePublisher } from '../../../test/live-stage.ts';
import { audioTrack, film, type FilmOptions, videoTrack } from '../../../test/media.ts';
import { WordSegmentMuxer } from '../../../test/word-segment-muxer.ts';
import { settingsOf } from '../../config/settings.ts';
import type { Piece } from '../../containers/segment-muxer.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { type Packing, Runs } from './server.ts';

const [video, audio] = [videoTrack(), audioTrack()];

/** Counts what is written to it. */
class CountingMuxer extends WordSegmentMuxer {
  pieces = 0;

  override write(piece: Piece): Uint8Array {
    this.pieces++;
    return super.write(piece);
  }
}

/** A stream of four seconds, and what is made of it. */
class Stage {
  readonly live = new LiveStage();
  readonly muxer = new CountingMuxer({ full: true });
  readonly packing: Packing = {
    name: 'mp4',
    extension: 'm4s',
    type: 'video/mp4',
    parts: true,
    muxer: () => this.muxer,
  };
  readonly runs: Runs;
  by!: StagePublisher;
  #sent = 0;

  constructor(options: Parameters<typeof settingsOf>[0] = {}) {
    const log = { warn() {}, child: () => log };
    const { hub, scheduler } = this.live;
    const app = { settings: settingsOf({ hls: { part: 0.4 }, ...options }), hub, scheduler, log };
    // It is all that is used of a server.
    this.runs = new Runs(app as unknown as App);
  }

  static async start(options: Parameters<typeof settingsOf>[0] = {}): Promise<Stage> {
    const stage = new Stage(options);
    await stage.publish();
    await stage.send(4000);
    return stage;
  }

  async publish(path = 'live/a'): Promise<void> {
    this.by = await this.live.publish({ path });
    this.#sent = 0;
  }

  async send(ms: number, sizes?: FilmOptions['sizes']): Promise<void> {
    const frames = film({ ms: this.#sent + ms, gop: 2000, video, audio, ...(sizes && { sizes }) });
    await this.live.run({ by: this.by, frames: frames.filter(({ dts }) => dts >= this.#sent * 1000) });
    this.#sent += ms;
  }

  get stream() {
    return this.live.hub.stream('live/a')!;
  }

  run() {
    return this.runs.of(this.stream, this.packing)!;
  }
}

describe('a broadcast in segments', () => {
  test('is one, however many ask for it, and another one for each packing', async () => {
    const stage = await Stage.start();
    const run = stage.run();
    expect(stage.run()).toBe(run);
    expect(run.folder).toBe(`${stage.stream.broadcast!.id}/mp4`);
    expect(stage.runs.find('live/a', run.folder)).toBe(run);
    expect(stage.runs.find('live/b', run.folder)).toBeUndefined();
    const other = stage.runs.of(stage.stream, { ...stage.packing, name: 'ts' })!;
    expect(other.folder).toBe(`${stage.stream.broadcast!.id}/ts`);
  });

  test('has what the stream knows of its GOP, so that its first list need not wait for the next', async () => {
    const stage = await Stage.start();
    await stage.send(1400);
    const run = stage.run();
    expect([run.segments.ready, run.segments.target]).toEqual([true, 2]);
  });

  test('keeps no more bytes than the option says', async () => {
    const bytes = 1024 * 1024;
    const stage = await Stage.start({ limits: { hlsBytes: bytes } });
    const { segments } = stage.run();
    await stage.send(10_000, { key: 20_000, picture: 10_000, sound: 100 });
    const kept = segments.rendition('main')!.window.bytes;
    // What grows is half of it at most, and what is old goes when that is complete.
    expect(kept / bytes).toBeGreaterThan(0.5);
    expect(kept / bytes).toBeLessThan(1.5);
  });

  test('is another one when more tracks came than it can have, and those who watch go on with it', async () => {
    const stage = await Stage.start();
    const run = stage.run();
    stage.by.publisher.announce({ ...audio, id: 7 });
    await stage.send(1000);
    expect(run.segments.outgrown).toBe(true);
    const next = stage.run();
    expect(next.folder).toBe(`${run.folder}-2`);
    expect(stage.runs.find('live/a', run.folder)).toBe(run);
    expect(run.segments.ended).toBeUndefined();
    expect(stage.run()).toBe(next);
  });

  test('is none where nothing is on', async () => {
    const stage = await Stage.start();
    const { stream } = stage;
    stage.by.publisher.end('ended');
    await stage.live.scheduler.pass(1);
    expect(stage.runs.of(stream, stage.packing)).toBeUndefined();
  });
});

describe('when nobody asks any more', () => {
  test('it is ended after a minute, nothing is made, and the next is under another address', async () => {
    const stage = await Stage.start();
    const run = stage.run();
    await stage.send(40_000);
    run.asked = stage.live.scheduler.now();
    stage.live.scheduler.advance(60 * SECOND);
    stage.runs.sweep();
    expect(stage.runs.find('live/a', run.folder)).toBe(run);
    stage.live.scheduler.advance(1);
    stage.runs.sweep();
    expect(stage.runs.find('live/a', run.folder)).toBeUndefined();
    expect(run.segments.ended).toBe('ended');
    const { pieces } = stage.muxer;
    await stage.publish();
    await stage.send(4000);
    expect(stage.muxer.pieces).toBe(pieces);
    expect(stage.run()).not.toBe(run);
  });

  test('while the stream goes on, nothing is made of it after that minute', async () => {
    const stage = await Stage.start();
    const run = stage.run();
    await stage.send(62_000);
    stage.runs.sweep();
    const { pieces } = stage.muxer;
    expect(pieces).toBeGreaterThan(100);
    await stage.send(4000);
    expect(stage.muxer.pieces).toBe(pieces);
    expect(stage.run().folder).toBe(`${run.folder}-2`);
  });
});

describe('when a broadcast is over', () => {
  test('its last list is there for as long as it is, and two target durations, whoever asks', async () => {
    const stage = await Stage.start();
    const run = stage.run();
    await stage.send(6000);
    stage.by.publisher.end('ended');
    await stage.live.scheduler.pass(1);
    const { duration } = run.segments.rendition('main')!.window;
    expect([run.segments.ended, duration > 7 * SECOND, run.target]).toEqual(['ended', true, 2 * SECOND]);
    stage.live.scheduler.advance(duration + 2 * run.target - 2);
    stage.runs.sweep();
    expect(stage.runs.find('live/a', run.folder)).toBe(run);
    stage.live.scheduler.advance(2);
    stage.runs.sweep();
    expect(stage.runs.find('live/a', run.folder)).toBeUndefined();
  });

  test('one that is longer than a minute is not forgotten before', async () => {
    const stage = await Stage.start({ hls: { part: 0.4, window: 60 } });
    const run = stage.run();
    await stage.send(90_000);
    run.asked = stage.live.scheduler.now();
    stage.by.publisher.end('ended');
    await stage.live.scheduler.pass(70 * SECOND);
    stage.runs.sweep();
    expect(stage.runs.find('live/a', run.folder)).toBe(run);
  });

  test('those who wait for its first list are told so', async () => {
    const stage = new Stage();
    await stage.publish();
    await stage.send(400);
    // There is nothing that the container could carry.
    const muxer = (): WordSegmentMuxer => new WordSegmentMuxer({ carries: [] });
    const run = stage.runs.of(stage.stream, { ...stage.packing, muxer })!;
    let answered = 0;
    run.starts.add({ answer: () => ++answered > 0, expire() {} }, 12 * SECOND);
    stage.by.publisher.end('ended');
    await stage.live.scheduler.pass(1);
    expect([answered, run.starts.size, run.segments.ready]).toEqual([1, 0, false]);
  });

  test('and when the server stops, all are ended', async () => {
    const stage = await Stage.start();
    const run = stage.run();
    stage.runs.close();
    expect([run.segments.ended, stage.runs.find('live/a', run.folder)]).toEqual(['ended', undefined]);
  });
});

test('the target duration of a path is the longest of its own, and no shorter than the option', async () => {
  const stage = await Stage.start({ hls: { part: 0.4, segment: 3 } });
  expect(stage.runs.targetOf('live/a')).toBe(3 * SECOND);
  const long = film({ ms: 14_000, gop: 7000, video, audio });
  const other = await stage.live.publish({ path: 'live/b' });
  await stage.live.run({ by: other, frames: long.slice(0, long.length / 2 + 20) });
  stage.runs.of(stage.live.hub.stream('live/b')!, stage.packing);
  await stage.live.run({ by: other, frames: long.slice(long.length / 2 + 20) });
  expect(stage.runs.targetOf('live/b')).toBe(7 * SECOND);
  expect(stage.runs.targetOf('live/a')).toBe(3 * SECOND);
});
