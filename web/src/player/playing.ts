import type { Clock } from '../../../src/client/index.ts';
import type { RoomStore } from '../room/room.svelte.ts';
import { PlayerBeacon } from './beacon.ts';
import type { Engine } from './engine.ts';
import { rangesOf } from './frames.ts';
import { Gauges, type PlayerNumbers } from './gauges.ts';
import { LiveEdge } from './live-edge.ts';
import { ShowWatch } from './show-watch.ts';
import { SlowSense } from './slow-sense.ts';

/** Standing still for less than this is not worth a word. s of buffer */
const DRY = 0.1;
/** A picture this much before the place of a jump is already the right one. s */
const NEAR = 0.2;

/** What is seen of playback at a moment. */
export interface Seen {
  /** There is a picture, or sound, of this moment. */
  current: boolean;
  /** It stands still for want of data. */
  starved: boolean;
  soundOnly: boolean;
  /** It has paused to load just now, and not for the first time lately. */
  slow: boolean;
  /** What comes is not shown: the connection has to be given up. */
  stuck: boolean;
}

/** What is needed once there is something to play: keeps one connection after the other near live, and measures them. */
export class Playing {
  readonly edge: LiveEdge = new LiveEdge();
  readonly beacon: PlayerBeacon;
  readonly #gauges: Gauges;
  readonly #showWatch: ShowWatch = new ShowWatch();
  readonly #slowSense: SlowSense = new SlowSense();
  #goal: number | undefined;

  constructor({ room, clock }: { room: RoomStore; clock: Clock }) {
    this.#gauges = new Gauges({ edge: this.edge, room, clock });
    this.beacon = new PlayerBeacon({ clock, say: (message) => room.say(message) });
  }

  /** A connection begins. `native`: the media element fetches by itself. */
  begin({ edge }: Engine, native: boolean): void {
    this.edge.restart(edge);
    this.#gauges.begin(native);
    this.#showWatch.restart();
    this.#goal = undefined;
  }

  /** A connection ends. */
  end(video: HTMLVideoElement): void {
    this.#gauges.end(video);
  }

  received(engine: Engine, bytes: number): void {
    this.#gauges.received(engine, bytes);
  }

  numbers(video: HTMLVideoElement | undefined, engine: Engine | undefined): PlayerNumbers {
    return this.#gauges.read(video, engine);
  }

  /** Whether a picture of that time (s) should be seen, and is not one from the start of an old GOP. */
  isRight(time: number): boolean {
    return this.edge.joined && (this.#goal === undefined || time >= this.#goal - NEAR);
  }

  /** Keeps the media element near live. `awaited`: something should be shown now. `now`: monotonic, ms. */
  steer(options: { video: HTMLVideoElement; engine: Engine; now: number; awaited: boolean }): Seen {
    const { video, engine, now, awaited } = options;
    const ranges = rangesOf(video);
    const ready = video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    const current = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    const { stalls } = this.edge;
    const { rate, seek } = this.edge.step({ now, time: video.currentTime, ranges, paused: video.paused, ready });
    if (seek !== undefined && !video.seeking) {
      this.#goal = seek;
      video.currentTime = seek;
    }
    if (video.playbackRate !== rate) video.playbackRate = rate;
    const ahead = Math.max(0, (ranges.at(-1)?.[1] ?? 0) - video.currentTime);
    return {
      current,
      starved: !ready && ahead < DRY,
      soundOnly: this.edge.joined && engine.kinds.length > 0 && !engine.kinds.includes('video'),
      slow: this.edge.stalls > stalls && awaited && this.#slowSense.paused(now),
      stuck: this.#isStuck({ now, time: video.currentTime, ahead, current }, awaited && !(current && video.paused)),
    };
  }

  #isStuck(shown: Parameters<ShowWatch['step']>[0], awaited: boolean): boolean {
    if (awaited && !document.hidden) return this.#showWatch.step(shown);
    this.#showWatch.restart();
    return false;
  }
}
