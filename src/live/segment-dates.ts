import { MILLISECOND } from '../media/time.ts';
import type { Scheduler } from './scheduler.ts';

/** How much of its time a date may be corrected by unnoticed: 50 ms an hour. */
const GENTLE = 50 / 3_600_000;
/** A wall clock that moved against the monotonic one by more than this, in ms, was set. */
const SET = 500;
/** When it was set back, dates go on as slowly as this until they are right. */
const SLOWEST = 1 / 2;

export interface SegmentDatesOptions {
  scheduler: Scheduler;
  /** Wall time in ms of a stream time in µs. */
  wallTime(media: number): number;
}

/**
 * The wall times of segments: the one before and its duration, however late frames come, until nothing is continued or
 * the clock is set; and never backwards.
 */
export class SegmentDates {
  readonly #options: SegmentDatesOptions;
  #last: { media: number; wall: number; due: number } | undefined;
  /** The clock was set back, and dates are not right yet. */
  #owes = false;
  /** ms that the wall clock is ahead of the monotonic one, when it was set last. */
  #offset: number;

  constructor(options: SegmentDatesOptions) {
    this.#options = options;
    this.#offset = this.#ahead;
  }

  get #ahead(): number {
    const { scheduler } = this.#options;
    return scheduler.wall() - scheduler.now() / MILLISECOND;
  }

  /** Wall time in ms of a stream time in µs, no earlier than that of any asked for before. `anew`: nothing is continued. */
  at(media: number, anew = false): number {
    const told = this.#options.wallTime(media);
    const moved = this.#moved();
    const last = this.#last;
    const elapsed = last ? Math.max(0, (media - last.media) / MILLISECOND) : 0;
    const due = last && !anew ? gently(last.due + elapsed + moved, told, elapsed) : told;
    const wall = last ? Math.max(due, last.wall + elapsed * SLOWEST) : due;
    this.#owes = wall > due && (this.#owes || moved < 0);
    this.#last = { media, wall, due: this.#owes ? due : wall };
    return wall;
  }

  /** ms by which the wall clock was set since it was looked at last. */
  #moved(): number {
    const ahead = this.#ahead;
    const moved = ahead - this.#offset;
    if (Math.abs(moved) < SET) return 0;
    this.#offset = ahead;
    return moved;
  }
}

function gently(due: number, told: number, elapsed: number): number {
  const most = elapsed * GENTLE;
  return due + Math.max(-most, Math.min(most, told - due));
}
