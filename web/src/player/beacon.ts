import type { Beacon, Clock, PlayerError } from '../../../src/client/index.ts';
import type { PlayerNumbers } from './gauges.ts';
import type { Loss } from './joiner.ts';
import type { Way } from './ways.ts';

/** What happens is told this often. ms */
export const EVERY = 10_000;
/** What is important is told sooner, but never sooner than this: the server does not listen more often. ms */
export const LEAST_APART = 2000;
/** Errors of one beacon. */
const MAX_ERRORS = 8;

/** What is seen of the player at a moment. */
export interface Moment {
  way: Way;
  state: Beacon['state'];
  /** Something of this connection is on the screen, or to be heard. */
  shown: boolean;
  starved: boolean;
  numbers: PlayerNumbers;
  width: number;
  height: number;
}

/** Tells the room how well it plays here. Pure but for the injected clock: it is told of moments, and says beacons. */
export class PlayerBeacon {
  readonly #clock: Clock;
  readonly #say: (message: object) => boolean;
  #wantedAt: number | undefined;
  #start: number | undefined;
  #startSaid = false;
  #seenAt: number | undefined;
  #saidAt = -Infinity;
  /** There is something to tell at once. */
  #news = false;
  #before: Moment | undefined;
  #said: PlayerNumbers | undefined;
  #played = 0;
  #stalled = 0;
  #errors: PlayerError[] = [];

  /** `say`: false where it could not be sent. */
  constructor(options: { clock: Clock; say: (message: object) => boolean }) {
    this.#clock = options.clock;
    this.#say = options.say;
  }

  /** A connection was asked for at that time. */
  wanted(at: number): void {
    this.#wantedAt ??= at;
  }

  /** A picture is on the screen. */
  shown(): void {
    if (this.#start !== undefined || this.#wantedAt === undefined) return;
    this.#start = this.#clock.now() - this.#wantedAt;
    this.#news = true;
  }

  lost(why: PlayerError | Loss['kind']): void {
    if (why === 'ended') return;
    const error = why === 'failed' ? 'media' : why === 'silent' ? 'network' : why;
    if (this.#errors.length < MAX_ERRORS) this.#errors.push(error);
    this.#news = true;
  }

  /** Called about twice a second. */
  look(moment: Moment): void {
    const now = this.#clock.now();
    const before = this.#before;
    if (before?.state === 'playing' && this.#start !== undefined) {
      const span = now - (this.#seenAt ?? now);
      if (before.shown && !before.starved) this.#played += span;
      else this.#stalled += span;
    }
    if (before && (before.state !== moment.state || before.way !== moment.way)) this.#news = true;
    this.#seenAt = now;
    this.#before = moment;
    const isOver = moment.state === 'off' && !this.#news;
    const wait = this.#news ? LEAST_APART : EVERY;
    // Nothing is told before there was a picture, but why there is none.
    const hasWord = this.#start !== undefined || this.#errors.length > 0;
    if (isOver || !hasWord || now - this.#saidAt < wait) return;
    this.#tell(moment, now);
  }

  #tell({ way, state, numbers, width, height }: Moment, now: number): void {
    const { dropped = 0, frames = 0, pauses = 0 } = this.#said ?? {};
    const whole = (number: number): number => Math.max(0, Math.round(number));
    const said = this.#say({
      type: 'beacon',
      path: way,
      state,
      played: whole(this.#played),
      stalls: whole(numbers.pauses - pauses),
      stalled: whole(this.#stalled),
      frames: whole(numbers.frames - frames),
      dropped: whole(numbers.dropped - dropped),
      ...(this.#start !== undefined && !this.#startSaid && { start: whole(this.#start) }),
      ...(numbers.delay !== undefined && { latency: Math.round(Math.max(0, numbers.delay) * 1000) / 1000 }),
      ...(width > 0 && { width, height }),
      ...(this.#errors.length > 0 && { errors: this.#errors }),
    });
    if (!said) return;
    this.#saidAt = now;
    this.#startSaid ||= this.#start !== undefined;
    this.#news = false;
    this.#said = numbers;
    this.#played = this.#stalled = 0;
    this.#errors = [];
  }
}
