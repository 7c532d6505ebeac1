import { describe, expect, test } from 'vitest';
import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import type { MediaEvent } from '../../src/containers/demuxer.ts';
import {
  flvBody,
  flvConfigBody,
  FlvDemuxer,
  flvHeader,
  FlvMuxer,
  flvTag,
  FlvTagDecoder,
  type TagType,
  tagType,
} from '../../src/containers/flv/index.ts';
import type { Cursor } from '../../src/live/cursor.ts';
import { MILLISECOND, SECOND } from '../../src/media/time.ts';
import { ChunkReader } from '../../src/protocols/rtmp/chunk-reader.ts';
import { OUT_CHUNK } from '../../src/protocols/rtmp/chunk-writer.ts';
import { RtmpMuxer } from '../../src/protocols/rtmp/rtmp-muxer.ts';
import { LiveStage, type StagePublisher } from '../live-stage.ts';
import { chunkSize } from './rtmp/talk.ts';
import { longestGap } from '../watch.ts';

const HOUR = 3_600_000;
/** Half of what is played around a crossing, ms. */
const HALF = 2000;
/** When a second viewer comes, ms from the start of it; between two key frames. */
const JOINS = 1520;
/** Between two pictures, and between two sounds; ms. */
const [PICTURE, SOUND] = [40, 20];
/** Frames of so many ms arrive together. */
const BURST = 100;
/** What no output may exceed from one picture or sound to the next, ms. */
const MAX_GAP = 40;

/** A picture or a sound at a time in ms. */
type Moment = ['video' | 'audio', number];

const limits = { message: 0xff_ffff, partial: 2 ** 25, chunkStreams: 64, chunkRate: Infinity };

const outputs = {
  flv: {
    muxer: () => new FlvMuxer(),
    demuxer: () => {
      const demuxer = new FlvDemuxer();
      return (bytes: Uint8Array): MediaEvent[] => demuxer.push(bytes);
    },
  },
  rtmp: {
    muxer: () => new RtmpMuxer(),
    demuxer: () => {
      const chunks = new ChunkReader(limits);
      const decoder = new FlvTagDecoder();
      chunks.push(chunkSize(OUT_CHUNK));
      return (bytes: Uint8Array): MediaEvent[] => {
        const events: MediaEvent[] = [];
        chunks.push(bytes);
        for (let message = chunks.next(0); message; message = chunks.next(0))
          events.push(...decoder.decode(message.type as TagType, message.timestamp, message.body));
        return events;
      };
    },
  },
};

/** A viewer of one feed, who reads what it is sent. */
class Reader {
  readonly moments: Moment[] = [];
  #cursor: Cursor | undefined;
  readonly #demux: (bytes: Uint8Array) => MediaEvent[];

  private constructor(feed: keyof typeof outputs) {
    this.#demux = outputs[feed].demuxer();
  }

  static async join(stage: LiveStage, feed: keyof typeof outputs): Promise<Reader> {
    const reader = new Reader(feed);
    const { subscription } = await stage.play();
    reader.#cursor = subscription.join(feed, outputs[feed].muxer, () => reader.#read());
    reader.#read();
    return reader;
  }

  #read(): void {
    for (const bytes of this.#cursor?.take(Infinity) ?? []) {
      for (const event of this.#demux(bytes.slice())) {
        if (event.type !== 'frame' || event.frame.track.kind === 'data') continue;
        this.moments.push([event.frame.track.kind as Moment[0], event.frame.dts / MILLISECOND]);
      }
    }
  }
}

/** A publisher of FLV whose clock starts again at `wrap` ms. */
class Sender {
  readonly #stage: LiveStage;
  readonly #by: StagePublisher;
  readonly #wrap: number;
  readonly #demuxer = new FlvDemuxer();
  #last: number | undefined;

  constructor(stage: LiveStage, by: StagePublisher, wrap: number) {
    this.#stage = stage;
    this.#by = by;
    this.#wrap = wrap;
    this.#push(flvHeader({ audio: true, video: true }));
  }

  /** Says the configs, at a time in ms. */
  configure(ms: number): void {
    for (const track of [sample.video, sample.audio])
      this.#push(flvTag(typeOf(track.kind), ms % this.#wrap, flvConfigBody(track)!));
  }

  /** Sends these at their pace, as a network delivers them: those of a tenth of a second together. */
  async send(moments: readonly Moment[]): Promise<void> {
    for (const [kind, ms] of moments) {
      const due = Math.ceil(ms / BURST) * BURST;
      this.#stage.scheduler.advance((due - (this.#last ?? due)) * MILLISECOND);
      this.#last = due;
      const frame = frameOf(sample[kind], { ms, key: kind === 'audio' || ms % 1000 === 0 });
      this.#push(flvTag(typeOf(kind), ms % this.#wrap, flvBody(frame)));
      await Promise.resolve();
    }
  }

  #push(bytes: Uint8Array): void {
    for (const event of this.#demuxer.push(bytes)) {
      if (event.type === 'track') this.#by.publisher.announce(event.track);
      else this.#by.publisher.write(event.frame);
    }
  }
}

const typeOf = (kind: string): TagType => (kind === 'video' ? tagType.video : tagType.audio);

/** Pictures with key frames at whole seconds, and sounds. */
function film(from: number, to: number): Moment[] {
  const moments: Moment[] = [];
  for (let ms = from; ms < to; ms += SOUND) {
    if ((ms - from) % PICTURE === 0) moments.push(['video', ms]);
    moments.push(['audio', ms]);
  }
  return moments;
}

/** The longest step in ms between two of a kind. */
function longestStep(moments: readonly Moment[], kind: Moment[0]): number {
  return longestGap(moments.filter(([of]) => of === kind).map(([, ms]) => ms));
}

const relative = (moments: readonly Moment[]): Moment[] => moments.map(([kind, ms]) => [kind, ms - moments[0]![1]]);

/** The whole second before `ms`. */
const second = (ms: number): number => Math.floor(ms / 1000) * 1000;

const clocks = [
  { name: 'C-TIME-03 a clock of 32 bits starts again at 2^32 ms', cross: 2 ** 32, wrap: 2 ** 32 },
  { name: 'C-TIME-02 a clock of 31 bits starts again at 2^31 ms', cross: 2 ** 31, wrap: 2 ** 31 },
  { name: 'C-TIME-02 a clock of 32 bits goes on past 2^31 ms', cross: 2 ** 31, wrap: 2 ** 32 },
];
const ages = [
  { age: 'in a young stream', from: (cross: number) => second(cross - HALF) },
  { age: 'in a stream that is as old as its publisher’s clock', from: () => 0 },
];

describe.each(clocks)('$name', ({ cross, wrap }) => {
  describe.each(ages)('$age', ({ from }) => {
    test.each(['flv', 'rtmp'] as const)('no output of %s has a gap above 40 ms', async (feed) => {
      const stage = new LiveStage();
      const sender = new Sender(stage, await stage.publish(), wrap);
      const [start, before, end] = [from(cross), second(cross - HALF), second(cross + HALF)];
      const first = await Reader.join(stage, feed);
      sender.configure(start);
      for (let ms = start; ms < before; ms += HOUR) await sender.send([['video', ms]]);
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
