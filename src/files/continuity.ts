import { type Frame, MAX_COMPOSITION } from '../media/frame.ts';
import { MILLISECOND, SECOND } from '../media/time.ts';

/** A recording with sound that has nothing for longer than this: its clock was set on, as by a server that started again. */
const MAX_GAP = 10 * SECOND;
/** Pictures alone may stand still: a screen on which nothing happens, slides. */
const MAX_STILL = 3600 * SECOND;
/** A time of the same track that is further back than this is another clock. */
const MAX_BACK = 2 * SECOND;
/** A track may begin as much behind the others. */
const MAX_APART = 10 * SECOND;
/** What lies between the frames before and behind a jump. */
const STEP = 40 * MILLISECOND;

/** Joins the parts of a recording whose clock jumps, one clock for all tracks. Times in µs. */
export class Continuity {
  /** The latest time of each track, by id. */
  readonly #latest = new Map<number, number>();
  /** The greatest time so far. */
  #front: number | undefined;
  #hasSound = false;
  #shift = 0;

  /**
   * The frame at its time on that clock, where the first one lies at 0. A track that steps back a little is held still
   * until it has caught up, and is presented when it should be; a picture whose presentation time cannot be meant is
   * presented when it is decoded.
   */
  place(frame: Frame): Frame {
    const { dts, pts, track } = frame;
    const time = dts + this.#shiftFor(frame);
    const placed = this.#latest.get(track.id)!;
    const composition = Math.abs(pts - dts) > MAX_COMPOSITION ? 0 : pts - dts;
    return { ...frame, dts: placed, pts: Math.max(placed - MAX_COMPOSITION, time + composition) };
  }

  /** What must be added to the times of a frame. */
  #shiftFor({ dts, track: { id, kind } }: Frame): number {
    if (kind === 'audio') this.#hasSound = true;
    if (this.#front === undefined) this.#shift = -dts;
    else if (this.#jumps(id, dts + this.#shift, this.#front)) this.#shift = this.#front + STEP - dts;
    const time = dts + this.#shift;
    this.#latest.set(id, Math.max(this.#latest.get(id) ?? time, time));
    this.#front = Math.max(this.#front ?? time, time);
    return this.#shift;
  }

  /** Tracks may lag behind each other, but none behind itself. */
  #jumps(id: number, time: number, front: number): boolean {
    const own = this.#latest.get(id);
    const isBack = own === undefined ? time < front - MAX_APART : time < own - MAX_BACK;
    return isBack || time - front > (this.#hasSound ? MAX_GAP : MAX_STILL);
  }
}
