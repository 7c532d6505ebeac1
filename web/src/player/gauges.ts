import type { Clock } from '../../../src/client/index.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import { delayByClock, DelayMeter } from './delay.ts';
import type { Engine } from './engine.ts';
import { rangesOf } from './frames.ts';
import type { LiveEdge } from './live-edge.ts';
import { Throughput } from './throughput.ts';

/** What the delay panel shows. */
export interface PlayerNumbers {
  /** Behind the camera, s. */
  delay?: number;
  /** s */
  buffered: number;
  /** bit/s as received, or as decoded where what is received is not known; undefined where neither is. */
  rate?: number;
  dropped: number;
  frames: number;
  pauses: number;
  /** Farther behind than need be: what is here beyond what is kept on purpose, or what was missed since the start. s */
  behind: number;
}

const noNumbers: PlayerNumbers = { buffered: 0, dropped: 0, frames: 0, pauses: 0, behind: 0 };

/** Chromium and Safari tell what they decode, in bytes. */
interface DecodingVideo extends HTMLVideoElement {
  webkitVideoDecodedByteCount?: number;
  webkitAudioDecodedByteCount?: number;
}

/** Measures one player over all its connections. */
export class Gauges {
  readonly #meter: DelayMeter = new DelayMeter();
  readonly #throughput: Throughput = new Throughput();
  readonly #edge: LiveEdge;
  readonly #room: RoomStore;
  readonly #clock: Clock;
  /** Frames of the connections before. */
  #dropped = 0;
  #frames = 0;
  #native = false;
  /** Bytes that the media element has decoded. */
  #decoded = 0;
  /** Our clock minus the media element's time, s, at the least since the connection began. */
  #least: number | undefined;

  constructor(options: { edge: LiveEdge; room: RoomStore; clock: Clock }) {
    this.#edge = options.edge;
    this.#room = options.room;
    this.#clock = options.clock;
  }

  /** A connection begins. `native`: the media element fetches by itself. */
  begin(native: boolean): void {
    this.#meter.restart();
    this.#native = native;
    this.#decoded = 0;
    this.#least = undefined;
  }

  /** A connection ends; the media element forgets its counts. */
  end(video: HTMLVideoElement): void {
    const { droppedVideoFrames = 0, totalVideoFrames = 0 } = video.getVideoPlaybackQuality?.() ?? {};
    this.#dropped += droppedVideoFrames;
    this.#frames += totalVideoFrames;
  }

  /** Bytes came, and the engine has seen them. */
  received(engine: Engine, bytes: number): void {
    const now = this.#clock.now();
    if (bytes > 0) this.#throughput.add(bytes, now);
    if (engine.latest !== undefined) this.#meter.arrived(engine.latest, now);
  }

  read(video: HTMLVideoElement | undefined, engine: Engine | undefined): PlayerNumbers {
    const before = { pauses: this.#edge.stalls, dropped: this.#dropped, frames: this.#frames };
    if (!video || !engine) return { ...noNumbers, ...before };
    const ahead = Math.max(0, (rangesOf(video).at(-1)?.[1] ?? 0) - video.currentTime);
    const quality = video.getVideoPlaybackQuality?.();
    const delay = this.#edge.joined ? this.#delay(engine, video.currentTime) : undefined;
    const rate = this.#rate(video);
    return {
      buffered: ahead,
      ...(rate === undefined ? {} : { rate }),
      dropped: this.#dropped + (quality?.droppedVideoFrames ?? 0),
      frames: this.#frames + (quality?.totalVideoFrames ?? 0),
      pauses: before.pauses,
      behind: this.#edge.joined ? this.#behind(engine, video.currentTime, ahead) : 0,
      ...(delay === undefined ? {} : { delay: delay / 1000 }),
    };
  }

  /** What a media element fetches by itself need not be here: it is behind by the time for which it has stood. */
  #behind({ edge }: Engine, time: number, ahead: number): number {
    if (edge.by === 'page') return Math.max(0, ahead - this.#edge.target);
    const lag = this.#clock.now() / 1000 - time;
    this.#least = Math.min(this.#least ?? lag, lag);
    return lag - this.#least;
  }

  /** bit/s: what the media element fetches by itself is known only by what it has decoded. */
  #rate(video: DecodingVideo): number | undefined {
    const now = this.#clock.now();
    if (this.#native) {
      const { webkitVideoDecodedByteCount: picture, webkitAudioDecodedByteCount: sound } = video;
      if (picture === undefined || sound === undefined) return undefined;
      const decoded = picture + sound;
      this.#throughput.add(Math.max(0, decoded - this.#decoded), now);
      this.#decoded = decoded;
    }
    return this.#throughput.rate(now);
  }

  /** ms from the camera to the screen. */
  #delay(engine: Engine, time: number): number | undefined {
    const moment = engine.moment(time);
    if (!moment) return undefined;
    if ('behind' in moment) return moment.behind;
    const { clock } = this.#room.view;
    const { clockOffset, roundTrip } = this.#room;
    const wall = clockOffset === undefined ? undefined : this.#clock.wall() + clockOffset;
    // A clock of ours that was never compared with the server’s is most likely right.
    if ('wall' in moment) return Math.max(0, (wall ?? this.#clock.wall()) - moment.wall);
    if (clock && wall !== undefined) return delayByClock(clock, moment.media, wall);
    return this.#meter.byArrival(moment.media, this.#clock.now(), roundTrip);
  }
}
