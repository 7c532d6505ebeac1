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
  /** bit/s as received */
  rate: number;
  dropped: number;
  frames: number;
  pauses: number;
  /** Behind the newest picture here, beyond what is kept in the buffer on purpose. s */
  behind: number;
}

export const noNumbers: PlayerNumbers = { buffered: 0, rate: 0, dropped: 0, frames: 0, pauses: 0, behind: 0 };

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

  constructor(options: { edge: LiveEdge; room: RoomStore; clock: Clock }) {
    this.#edge = options.edge;
    this.#room = options.room;
    this.#clock = options.clock;
  }

  /** A connection begins. */
  begin(): void {
    this.#meter.restart();
  }

  /** A connection ends; the media element forgets its counts. */
  end(video: HTMLVideoElement): void {
    const { droppedVideoFrames = 0, totalVideoFrames = 0 } = video.getVideoPlaybackQuality?.() ?? {};
    this.#dropped += droppedVideoFrames;
    this.#frames += totalVideoFrames;
  }

  /** Bytes came, and the gate has seen them. */
  received(engine: Engine, bytes: number): void {
    const now = this.#clock.now();
    this.#throughput.add(bytes, now);
    if (engine.gate.base !== undefined) this.#meter.arrived(engine.gate.latest, now);
  }

  read(video: HTMLVideoElement | undefined, engine: Engine | undefined): PlayerNumbers {
    const before = { pauses: this.#edge.stalls, dropped: this.#dropped, frames: this.#frames };
    if (!video || !engine) return { ...noNumbers, ...before };
    const ahead = Math.max(0, (rangesOf(video).at(-1)?.[1] ?? 0) - video.currentTime);
    const quality = video.getVideoPlaybackQuality?.();
    const delay = this.#edge.joined ? this.#delay(engine, video.currentTime) : undefined;
    return {
      buffered: ahead,
      rate: this.#throughput.rate(this.#clock.now()),
      dropped: this.#dropped + (quality?.droppedVideoFrames ?? 0),
      frames: this.#frames + (quality?.totalVideoFrames ?? 0),
      pauses: before.pauses,
      behind: this.#edge.joined ? Math.max(0, ahead - this.#edge.target) : 0,
      ...(delay === undefined ? {} : { delay: delay / 1000 }),
    };
  }

  /** ms from the camera to the screen: what the encoder holds back for reordering counts, what it computes does not. */
  #delay(engine: Engine, time: number): number | undefined {
    const shown = engine.mediaTime(time);
    if (shown === undefined) return undefined;
    const media = shown - engine.gate.reorder;
    const { clock } = this.#room.view;
    const { clockOffset, roundTrip } = this.#room;
    if (clock && clockOffset !== undefined) return delayByClock(clock, media, this.#clock.wall() + clockOffset);
    return this.#meter.byArrival(media, this.#clock.now(), roundTrip);
  }
}
