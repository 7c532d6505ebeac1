import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import type { Demuxer, MediaEvent } from '../../src/containers/demuxer.ts';
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
import { Mp4Demuxer, Mp4Muxer } from '../../src/containers/mp4/index.ts';
import type { Muxer } from '../../src/containers/muxer.ts';
import { TsDemuxer, TsMuxer } from '../../src/containers/ts/index.ts';
import { CYCLE, TICKS, TS_ORIGIN } from '../../src/containers/ts/ticks.ts';
import type { Cursor } from '../../src/live/cursor.ts';
import { MILLISECOND } from '../../src/media/time.ts';
import { ChunkReader } from '../../src/protocols/rtmp/chunk-reader.ts';
import { OUT_CHUNK } from '../../src/protocols/rtmp/chunk-writer.ts';
import { RtmpMuxer } from '../../src/protocols/rtmp/rtmp-muxer.ts';
import type { LiveStage, StagePublisher } from '../live-stage.ts';
import { longestGap } from '../watch.ts';
import { chunkSize } from './rtmp/talk.ts';

/** Between two pictures, and between two sounds; ms. */
export const PICTURE = 40;
export const SOUND = 20;
/** What no output may exceed from one picture or sound to the next, ms. */
export const MAX_GAP = 40;

/** A picture or a sound: when it is decoded, and how much later it is presented; ms. */
export type Moment = ['video' | 'audio', number, number];
export type FeedName = 'flv' | 'rtmp' | 'ts' | 'mp4';
export const feeds: readonly FeedName[] = ['flv', 'rtmp', 'ts', 'mp4'];

const limits = { message: 0xff_ffff, partial: 2 ** 25, chunkStreams: 64, chunkRate: Infinity };

interface Output {
  muxer(): Muxer;
  demuxer(): (bytes: Uint8Array) => MediaEvent[];
  /** Times start again after so many ms, and time 0 is written as so many. */
  field: number;
  origin: number;
}

const pushTo = (demuxer: Demuxer) => (bytes: Uint8Array) => demuxer.push(bytes);

const outputs: Record<FeedName, Output> = {
  flv: {
    muxer: () => new FlvMuxer(),
    demuxer: () => pushTo(new FlvDemuxer()),
    field: 2 ** 32,
    origin: 0,
  },
  rtmp: {
    muxer: () => new RtmpMuxer(),
    demuxer: () => {
      const chunks = new ChunkReader(limits);
      const decoder = new FlvTagDecoder();
      chunks.push(chunkSize(OUT_CHUNK));
      return (bytes) => {
        const events: MediaEvent[] = [];
        chunks.push(bytes);
        for (let message = chunks.next(0); message; message = chunks.next(0))
          events.push(...decoder.decode(message.type as TagType, message.timestamp, message.body));
        return events;
      };
    },
    field: 2 ** 32,
    origin: 0,
  },
  ts: {
    muxer: () => new TsMuxer(),
    demuxer: () => pushTo(new TsDemuxer()),
    field: (CYCLE / TICKS) * 1000,
    origin: TS_ORIGIN / MILLISECOND,
  },
  // Times of 64 bits.
  mp4: { muxer: () => new Mp4Muxer(), demuxer: () => pushTo(new Mp4Demuxer()), field: Infinity, origin: 0 },
};

/** What who just came reads as the time of a moment at `ms`. */
export function writtenAs(feed: FeedName, ms: number): number {
  const { field, origin } = outputs[feed];
  return field === Infinity ? ms : ((ms + origin) % field) - origin;
}

/** A tick that is no whole µs is not seen. */
const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** A viewer of one feed, who reads what it is sent. */
export class Reader {
  readonly moments: Moment[] = [];
  #cursor: Cursor | undefined;
  readonly #demux: (bytes: Uint8Array) => MediaEvent[];
  readonly #see: (moment: Moment) => void;
  readonly #origin: number;

  private constructor(feed: FeedName, see?: (moment: Moment) => void) {
    this.#demux = outputs[feed].demuxer();
    this.#origin = outputs[feed].origin;
    this.#see = see ?? ((moment) => this.moments.push(moment));
  }

  /** `see`: told of each moment in place of `moments`, where there are too many to be kept. */
  static async join(stage: LiveStage, feed: FeedName, see?: (moment: Moment) => void): Promise<Reader> {
    const reader = new Reader(feed, see);
    const { subscription } = await stage.play();
    reader.#cursor = subscription.join(feed, outputs[feed].muxer, () => reader.#read());
    reader.#read();
    return reader;
  }

  leave(): void {
    this.#cursor?.leave();
    this.#cursor = undefined;
  }

  #read(): void {
    for (const bytes of this.#cursor?.take(Infinity) ?? []) {
      for (const event of this.#demux(bytes.slice())) {
        if (event.type !== 'frame' || event.frame.track.kind === 'data') continue;
        const { track, dts, pts } = event.frame;
        this.#see([track.kind as Moment[0], dts / MILLISECOND - this.#origin, tenths((pts - dts) / MILLISECOND)]);
      }
    }
  }
}

export interface SenderOptions {
  /** The publisher's clock in ms starts again at this one. */
  wrap?: number;
  /** Frames of so many ms arrive together. */
  burst?: number;
  /** What the publisher's clock says at a time. Default: that time. */
  clock?: (moment: Moment) => number;
}

/** A publisher of FLV. */
export class Sender {
  readonly #stage: LiveStage;
  readonly #by: StagePublisher;
  readonly #options: Required<SenderOptions>;
  readonly #demuxer = new FlvDemuxer();
  #last: number | undefined;

  constructor(stage: LiveStage, by: StagePublisher, options: SenderOptions = {}) {
    this.#stage = stage;
    this.#by = by;
    this.#options = { wrap: 2 ** 32, burst: 100, clock: ([, ms]) => ms, ...options };
    this.#push(flvHeader({ audio: true, video: true }));
  }

  /** Says the configs, at a time in ms. */
  configure(ms: number): void {
    for (const track of [sample.video, sample.audio])
      this.#push(flvTag(typeOf(track.kind), this.#raw(ms), flvConfigBody(track)!));
  }

  /**
   * Sends these at their pace, as a network delivers them: those of a burst together. Pictures at whole seconds are key
   * frames. Without `paced` the clock stays as it is.
   */
  async send(moments: Iterable<Moment>, { paced = true }: { paced?: boolean } = {}): Promise<void> {
    const { burst, clock } = this.#options;
    for (const moment of moments) {
      const [kind, ms, cts] = moment;
      const due = Math.ceil(ms / burst) * burst;
      if (paced) this.#stage.scheduler.advance((due - (this.#last ?? due)) * MILLISECOND);
      this.#last = due;
      const frame = frameOf(sample[kind], { ms, cts, key: kind === 'audio' || ms % 1000 === 0 });
      this.#push(flvTag(typeOf(kind), this.#raw(clock(moment)), flvBody(frame)));
      await Promise.resolve();
    }
  }

  #raw(ms: number): number {
    return Math.round(ms) % this.#options.wrap;
  }

  #push(bytes: Uint8Array): void {
    for (const event of this.#demuxer.push(bytes)) {
      if (event.type === 'track') this.#by.publisher.announce(event.track);
      else this.#by.publisher.write(event.frame);
    }
  }
}

const typeOf = (kind: string): TagType => (kind === 'video' ? tagType.video : tagType.audio);

/** Pictures and sounds of a span in ms. Of three pictures the first is seen last. */
export function film(from: number, to: number): Moment[] {
  const moments: Moment[] = [];
  for (let ms = from; ms < to; ms += SOUND) {
    if ((ms - from) % PICTURE === 0) moments.push(['video', ms, reordering((ms % 1000) / PICTURE)]);
    moments.push(['audio', ms, 0]);
  }
  return moments;
}

/** How much later a picture is presented than it is decoded, by its place in the GOP; ms. */
function reordering(place: number): number {
  if (place === 0) return PICTURE;
  return place % 3 === 1 ? 3 * PICTURE : 0;
}

/** The longest step in ms between two of a kind. */
export function longestStep(moments: readonly Moment[], kind: Moment[0]): number {
  return tenths(longestGap(moments.filter(([of]) => of === kind).map(([, ms]) => ms)));
}

/** The same with times from the first on. */
export const relative = (moments: readonly Moment[]): Moment[] =>
  moments.map(([kind, ms, cts]) => [kind, tenths(ms - moments[0]![1]), cts]);

/** How much later each is presented than it is decoded, ms. */
export const compositions = (moments: readonly Moment[]): number[] => moments.map(([, , cts]) => cts);

/** The whole second before `ms`. */
export const second = (ms: number): number => Math.floor(ms / 1000) * 1000;
