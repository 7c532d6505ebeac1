import { SECOND } from '../../media/time.ts';
import type { PesHead } from './pes-reader.ts';
import { fromTicks, stepOf } from './ticks.ts';
import type { TsClock } from './ts-clock.ts';

/** A step back that is shorter is held still; a longer one is a jump, which is left in sight. µs */
const HELD: number = 10 * SECOND;

/** Two times in µs. */
export interface Times {
  dts: number;
  pts: number;
}

/** The times of one elementary stream. */
export class LaneTimes {
  readonly #clock: TsClock;
  #last: number | undefined;

  constructor(clock: TsClock) {
    this.#clock = clock;
  }

  /** What a PES header tells; undefined where it tells nothing. */
  told({ pts, dts = pts }: Pick<PesHead, 'pts' | 'dts'>): Times | undefined {
    if (pts === undefined || dts === undefined) return undefined;
    const decode = this.#clock.at(dts);
    return { dts: fromTicks(decode), pts: fromTicks(decode + stepOf(dts, pts)) };
  }

  /** The last time of any track of the program. */
  get now(): number | undefined {
    return this.#clock.now;
  }

  /** The last decode time that was given. */
  get last(): number | undefined {
    return this.#last;
  }

  /** Decode time for a frame, which is not before that of the one before. */
  next(dts: number): number {
    const last = this.#last;
    const held = last !== undefined && dts < last && last - dts <= HELD;
    return (this.#last = held ? last : dts);
  }
}
