import type { Edge } from './engine.ts';

/** How much is kept in the buffer: as little as plays smoothly here, more where the network has shown that it needs it. s */
const TARGET_LEAST = 0.4;
/** Rather smooth than close to live means so much more of it. */
const TARGET_SMOOTH = 1.2;
const TARGET_MOST = 3;
/** Each pause to load adds this much, each quiet minute takes a little away. s */
const TARGET_STEP = 0.25;
const TARGET_EASE = 0.1;
const QUIET = 60_000;
/** Farther behind than this, the way to the live edge is one jump. s */
const JUMP = 8;
/** Speeds that people do not notice, by the distance (s) from which they are used. */
const SPEEDS = [
  { from: 3, rate: 1.25 },
  { from: 1.2, rate: 1.12 },
  { from: 0.3, rate: 1.06 },
] as const;
/** Asked for by a click, it may be noticed. */
const CLICKED_RATE = 1.5;
/** With less than this share of the target left, a little slower is better than a pause. */
const LOW = 0.4;
const LOW_RATE = 0.95;
/** The first bytes are the GOP so far; when they come no faster than this, that is over. s of media a tick */
const BURST_STEP = 0.3;
const BURST_TICK = 120;
/** The first picture does not wait longer for that. ms */
const BURST_WAIT = 600;
/** For this long after the start a second jump is allowed, for when the burst was slow. ms */
const SETTLE = 3000;
const SETTLE_LEAD = 1;
/** After standing still for this long the picture has a break anyway: the way to the edge may be a jump again. ms */
const BREAK = 1500;
/** Standing this long at the end of one range while another begins later means a gap to cross. ms */
const GAP_WAIT = 150;
/** Never to the last frame: it may be still on its way into the decoder. s */
const NUDGE = 0.02;

/** What the media element says at a moment. */
export interface Playback {
  /** Monotonic, ms. */
  now: number;
  /** The media element's time and buffered ranges, s. */
  time: number;
  ranges: readonly (readonly [number, number])[];
  paused: boolean;
  /** Frames are there to go on with. */
  ready: boolean;
}

/** What the media element should do. */
export interface Step {
  rate: number;
  seek?: number;
}

/**
 * Keeps playback near the live edge: one jump to the end of the buffered GOP before the first picture is shown, then
 * gentle changes of speed. Pure: told of time and buffers, it answers with a speed and perhaps a place.
 */
export class LiveEdge {
  /** s kept in the buffer. */
  target = TARGET_LEAST;
  /** True once playback stands where it should first be seen. */
  joined = false;
  /** The viewer paused and went on: where they are is where they want to be, until they ask for the edge. */
  loose = false;
  /** Pauses to load since the start. */
  stalls = 0;
  #edge: Edge = { by: 'page', least: TARGET_LEAST };
  #smooth = false;
  #firstAt: number | undefined;
  #joinedAt = 0;
  #grown: { at: number; end: number } | undefined;
  #rate = 1;
  #clicked = false;
  #stuckAt: number | undefined;
  #dryAt: number | undefined;
  #quietSince = 0;
  #aheads: { at: number; ahead: number }[] = [];

  /** More delay and fewer pauses, or the other way round. */
  prefer(smooth: boolean): void {
    this.#smooth = smooth;
    this.target = smooth ? Math.max(this.target, this.#least) : this.#least;
  }

  /** A new connection: its buffer begins with a GOP again. What was learned holds for as long as the way is the same. */
  restart(edge: Edge = this.#edge): void {
    const before = this.#least;
    this.#edge = edge;
    if (this.#least !== before) this.target = this.#least;
    this.joined = false;
    this.loose = false;
    this.#firstAt = undefined;
    this.#grown = undefined;
    this.#rate = 1;
    this.#clicked = false;
    this.#dryAt = undefined;
    this.#aheads = [];
  }

  /** The viewer asks for the live edge. */
  catchUp(): void {
    this.loose = false;
    this.#clicked = true;
  }

  step(playback: Playback): Step {
    const { now, ranges, time } = playback;
    const last = ranges.at(-1);
    if (this.#edge.by !== 'page') return this.#follow(playback, last?.[1]);
    if (!last) return { rate: 1 };
    if (!this.joined) return this.#join(playback, last[1]);
    const cross = this.#gap(playback);
    if (cross !== undefined) return { rate: this.#rate, seek: cross };
    this.#watch(playback);
    if (playback.paused) return { rate: 1 };
    const behind = this.#lowest(now, last[1] - time) - this.target;
    if (this.loose && behind < SPEEDS[2].from) this.loose = false;
    if (this.loose) return { rate: (this.#rate = 1) };
    const fresh = now - this.#joinedAt < SETTLE && behind > SETTLE_LEAD;
    if (fresh || behind > JUMP) return this.#jump(last, time);
    return { rate: (this.#rate = this.#speed(behind)) };
  }

  /** What plays cannot be sent to another place: it is seen from where it begins, and speed alone brings it closer. */
  #follow(playback: Playback, end: number | undefined): Step {
    const { time, ready, paused } = playback;
    if (!this.joined && !ready) return { rate: 1 };
    this.joined = true;
    this.#watch(playback);
    if (this.#edge.by === 'itself' || paused || this.loose || end === undefined) return { rate: 1 };
    return { rate: (this.#rate = this.#speed(this.#lowest(playback.now, end - time) - this.target)) };
  }

  /** s after the current time that are there: the least of the time in which one piece comes, which is what lasts. */
  #lowest(now: number, ahead: number): number {
    this.#aheads = [...this.#aheads.filter(({ at }) => now - at < this.#grain * 1000), { at: now, ahead }];
    return Math.min(...this.#aheads.map((each) => each.ahead));
  }

  get #grain(): number {
    return this.#edge.by === 'itself' ? 0 : (this.#edge.grain ?? 0);
  }

  /** The least to keep in the buffer. */
  get #least(): number {
    const least = this.#edge.by === 'itself' ? TARGET_LEAST : this.#edge.least;
    return this.#smooth ? least + TARGET_SMOOTH : least;
  }

  #join({ now, time, ranges }: Playback, end: number): Step {
    this.#firstAt ??= now;
    this.#grown ??= { at: now, end };
    const waited = now - this.#firstAt;
    if (waited < BURST_WAIT) {
      if (now - this.#grown.at < BURST_TICK) return { rate: 1 };
      const step = end - this.#grown.end;
      this.#grown = { at: now, end };
      if (step > BURST_STEP) return { rate: 1 };
    }
    this.joined = true;
    this.#joinedAt = now;
    this.#quietSince = now;
    const [start] = ranges.at(-1)!;
    const goal = Math.max(start + NUDGE, end - this.target - this.#grain);
    const far = goal - time > this.target / 2 || time < start;
    return far ? { rate: 1, seek: goal } : { rate: 1 };
  }

  #jump([start, end]: readonly [number, number], time: number): Step {
    this.#clicked = false;
    this.#rate = 1;
    this.#aheads = [];
    const goal = Math.max(start + NUDGE, end - this.target - this.#grain);
    return goal > time ? { rate: 1, seek: goal } : { rate: 1 };
  }

  #speed(behind: number): number {
    if (behind < -this.target * (1 - LOW)) return LOW_RATE;
    // Slower again only once there is half of what was missing, so that the speed does not flicker.
    if (this.#rate < 1 && behind < -this.target * 0.2) return LOW_RATE;
    if (behind <= 0.05) {
      this.#clicked = false;
      return 1;
    }
    if (this.#clicked) return CLICKED_RATE;
    const fitting = SPEEDS.find(({ from }) => behind > from)?.rate ?? 1;
    return this.#rate > 1 ? Math.max(fitting, SPEEDS[2].rate) : fitting;
  }

  /** Counts pauses to load and learns from them. */
  #watch({ now, ready, paused, time, ranges }: Playback): void {
    const dry = !ready && !paused && (ranges.at(-1)?.[1] ?? 0) - time < 0.15;
    if (dry && this.#dryAt === undefined) {
      this.#dryAt = now;
      this.stalls++;
      this.#quietSince = now;
    }
    if (!dry && this.#dryAt !== undefined) {
      // A short pause comes from too little in the buffer. A long one had another cause, and more would not have helped.
      if (now - this.#dryAt >= BREAK) this.#joinedAt = now;
      else this.target = Math.min(TARGET_MOST, this.target + TARGET_STEP);
      this.#dryAt = undefined;
    }
    if (now - this.#quietSince < QUIET) return;
    this.#quietSince = now;
    this.target = Math.max(this.#least, this.target - TARGET_EASE);
  }

  /** The place to go on from when playback stands before a hole in the buffer. */
  #gap({ now, time, ranges, ready, paused }: Playback): number | undefined {
    const next = ranges.find(([start]) => start > time + NUDGE);
    const inside = ranges.some(([start, end]) => time >= start - NUDGE && time < end - 0.1);
    if (!next || inside || ready || paused) {
      this.#stuckAt = undefined;
      return undefined;
    }
    this.#stuckAt ??= now;
    if (now - this.#stuckAt < GAP_WAIT) return undefined;
    this.#stuckAt = undefined;
    const [start, end] = ranges.at(-1)!;
    return Math.max(start + NUDGE, end - this.target);
  }
}
