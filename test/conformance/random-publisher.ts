import { codecSamples, frameOf, sample } from '../../src/containers/contract-samples.ts';
import { flvBody, flvConfigBody, FlvDemuxer, flvHeader, flvTag, tagType } from '../../src/containers/flv/index.ts';
import type { Frame, Track } from '../../src/media/frame.ts';
import { MILLISECOND } from '../../src/media/time.ts';
import type { Random } from '../fuzz/random.ts';
import type { LiveStage, StagePublisher } from '../live-stage.ts';

const hevc = codecSamples.find(({ track }) => track.codec === 'h265')!;

/** ms of a sound. */
const SOUND = 1024 / 44.1;
/** Of so many pictures the first is seen last. */
const REORDERED = 3;

/** What a publisher does, until it does something else. */
export interface Manner {
  video: Track | undefined;
  audio: Track | undefined;
  /** ms between pictures. */
  picture: number;
  /** ms between key frames; each is drawn between the two. */
  gop: readonly [number, number];
  /** Pictures are not seen in the order in which they are sent. */
  reordered: boolean;
}

export const tracks: Readonly<Record<'video' | 'video2' | 'hevc' | 'audio' | 'audio2', Track>> = {
  video: sample.video,
  video2: sample.video2,
  hevc: hevc.track,
  audio: sample.audio,
  audio2: sample.audio2,
};

/** An encoder with a clock of its own, which sends at the pace of the stage's. */
export class RandomPublisher {
  manner: Manner;
  readonly #stage: LiveStage;
  readonly #random: Random;
  readonly #by: StagePublisher;
  readonly #demuxer = new FlvDemuxer();
  /** ms that its clock is ahead of the stage's, and where it starts again. */
  #ahead: number;
  readonly #wrap: number;
  /** Next of each, ms of the stage. */
  #picture: number;
  #sound: number;
  #key: number;
  #count = 0;
  #announced = new Set<Track>();
  /** It sends nothing, and what it would have sent is lost. */
  silent = false;
  /** Its line stands still: what it sends comes later, all at once. */
  stuck = false;

  private constructor(
    stage: LiveStage,
    by: StagePublisher,
    options: { random: Random; manner: Manner; ahead: number; wrap: number },
  ) {
    this.#stage = stage;
    this.#by = by;
    this.#random = options.random;
    this.manner = options.manner;
    this.#ahead = options.ahead;
    this.#wrap = options.wrap;
    this.#picture = this.#sound = this.#key = this.#now;
    this.#demuxer.push(flvHeader({ audio: true, video: true }));
  }

  /** `start`: what its clock says now, ms. `wrap`: at which it starts again. */
  static async begin(
    stage: LiveStage,
    options: { random: Random; manner: Manner; start?: number; wrap?: number },
  ): Promise<RandomPublisher> {
    const by = await stage.publish();
    const { start = 0, wrap = 2 ** 32 } = options;
    const ahead = start - stage.scheduler.now() / MILLISECOND;
    return new RandomPublisher(stage, by, { ...options, ahead, wrap });
  }

  get #now(): number {
    return this.#stage.scheduler.now() / MILLISECOND;
  }

  /** Its clock is set. ms */
  jump(ms: number): void {
    this.#ahead += ms;
  }

  /** The next picture is a key frame. */
  refresh(): void {
    this.#key = this.#picture;
  }

  end(how: 'ended' | 'lost'): void {
    this.#by.publisher.end(how);
  }

  /** Sends all that is due. */
  send(): void {
    const { video, audio, picture } = this.manner;
    const now = this.#now;
    if (this.stuck) return;
    while (Math.min(this.#picture, this.#sound) <= now) {
      if (this.#picture <= this.#sound) {
        if (video && !this.silent) this.#write(this.#pictureOf(video));
        this.#picture += picture;
      } else {
        if (audio && !this.silent) this.#write(frameOf(audio, { ms: this.#sound, size: 24 }));
        this.#sound += SOUND;
      }
    }
  }

  #pictureOf(video: Track): Frame {
    const { reordered, picture, gop } = this.manner;
    const key = this.#picture >= this.#key || !this.#announced.has(video);
    if (key) {
      this.#count = 0;
      this.#key = this.#picture + gop[0] + this.#random.below(gop[1] - gop[0] + 1);
    }
    const cts = reordered && this.#count++ % REORDERED === 0 ? Math.round(REORDERED * picture) : 0;
    const frame = frameOf(video, { ms: this.#picture, cts, key, size: key ? 400 : 60 });
    return video.codec === 'h265' ? { ...frame, data: key ? hevc.key : hevc.next } : frame;
  }

  /** As an encoder's bytes, so that its clock is what they can carry. */
  #write(frame: Frame): void {
    const { track, dts } = frame;
    const type = track.kind === 'video' ? tagType.video : tagType.audio;
    const clock = Math.round(dts / MILLISECOND + this.#ahead) % this.#wrap;
    if (!this.#announced.has(track)) {
      this.#announced = new Set([...this.#announced].filter(({ id }) => id !== track.id)).add(track);
      this.#push(flvTag(type, clock, flvConfigBody(track)!));
    }
    this.#push(flvTag(type, clock, flvBody(frame)!));
  }

  #push(bytes: Uint8Array): void {
    for (const event of this.#demuxer.push(bytes)) {
      if (event.type === 'track') this.#by.publisher.announce(event.track);
      else this.#by.publisher.write(event.frame);
    }
  }
}

/** A way to publish at random. */
export function anyManner(random: Random, of: Pick<Manner, 'video' | 'audio'>): Manner {
  return {
    ...of,
    picture: random.pick([40, 40, 1000 / 30, 1000 / 60]),
    gop: random.pick([
      [1000, 1000],
      [2000, 2000],
      [400, 2500],
      [1900, 2100],
      [3000, 4000],
    ] as const),
    reordered: random.below(2) === 0,
  };
}
