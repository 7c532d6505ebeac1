import type { Comment } from './comment.ts';
import { type Flight, leftOf, stayApart } from './flight.ts';
import { admits, defaultLook, type Density, type Look } from './look.ts';
import { type Picture, type Rows, rowsOf, TOP } from './rows.ts';

/** How many comments fly at most. With the most of them there are 200 to be seen, which are measured to be drawn in time. */
const MOST: Readonly<Record<Density, number>> = { low: 12, normal: 60, high: 240 };
/** Comments that come in one moment wait this long for a place, so that they are not lost for it. ms */
const WAIT = 1500;
/** So many wait at most; what comes beyond that is dropped. */
const MAX_WAITING = 60;
/** How long a comment stays that does not move. ms */
const STAY = 5000;
/** What one has written oneself has a frame around it, this much to each side. Letters */
const FRAME = 0.5;

/** Width of a text in letters of 1 px. */
export type Measure = (text: string) => number;

interface Waiting {
  comment: Comment;
  until: number;
}

/**
 * Who flies where. Pure: time comes in, in ms of a clock that stands still while the picture does. No comment ever touches
 * another; where there is no place for one it is dropped, but what the viewer has written takes the place of others.
 */
export class Sky {
  readonly #measure: Measure;
  readonly #widths = new Map<string, number>();
  #flights: Flight[] = [];
  #waiting: Waiting[] = [];
  #look: Look = defaultLook;
  #picture: Picture = { width: 0, height: 0, spare: 0 };
  #rows: Rows = rowsOf(this.#picture, defaultLook);

  constructor(measure: Measure) {
    this.#measure = measure;
  }

  get flights(): readonly Flight[] {
    return this.#flights;
  }

  /** Nothing flies or waits. */
  get empty(): boolean {
    return this.#flights.length === 0 && this.#waiting.length === 0;
  }

  get rows(): Rows {
    return this.#rows;
  }

  /** Where a comment is now: its left edge, and the top of its row. */
  place(flight: Flight, now: number): { x: number; y: number } {
    return { x: leftOf(flight, now, this.#picture.width), y: TOP + flight.row * this.#rows.line };
  }

  add(comment: Comment, now: number): void {
    const known = this.#widths.has(comment.id);
    if (known || !admits(this.#look, comment)) return;
    if (this.#waiting.length >= MAX_WAITING) {
      if (!comment.own) return;
      this.#widths.delete(this.#waiting.shift()!.comment.id);
    }
    this.#widths.set(comment.id, this.#measure(comment.text));
    this.#waiting.push({ comment, until: comment.own ? Infinity : now + WAIT });
    this.advance(now);
  }

  /** A moderator has taken it away, or its author has. */
  remove(id: string): void {
    this.#only(({ comment }) => comment.id !== id);
  }

  /** Takes away what has flown past, and gives the places to those who wait. */
  advance(now: number): void {
    this.#keep(({ start, duration }) => now < start + duration);
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.filter(({ comment, until }) => {
      if (this.#launch(comment, now)) return false;
      if (now < until) return true;
      this.#widths.delete(comment.id);
      return false;
    });
  }

  resize(picture: Picture, now: number): void {
    this.#picture = picture;
    this.#arrange(now);
  }

  /** From now on like this, those that fly already, too. */
  change(look: Look, now: number): void {
    this.#look = look;
    this.#only(({ comment }) => admits(look, comment));
    this.#arrange(now);
  }

  /** Keeps those of which that is so, in flight and waiting. */
  #only(stays: (one: Flight | Waiting) => boolean): void {
    for (const waiting of this.#waiting) if (!stays(waiting)) this.#widths.delete(waiting.comment.id);
    this.#waiting = this.#waiting.filter(stays);
    this.#keep(stays);
  }

  #keep(stays: (flight: Flight) => boolean): void {
    if (this.#flights.every(stays)) return;
    for (const flight of this.#flights) if (!stays(flight)) this.#widths.delete(flight.comment.id);
    this.#flights = this.#flights.filter(stays);
  }

  /** Gives a comment its place, if there is one. */
  #launch(comment: Comment, now: number): boolean {
    if (this.#picture.width === 0) return false;
    const flight = { comment, row: 0, start: now, ...this.#motionOf(comment) };
    if (comment.own) return this.#settle(flight, now) || this.#push(flight, now);
    return this.#flights.length < MOST[this.#look.density] && this.#settle(flight, now);
  }

  #motionOf(comment: Comment): Pick<Flight, 'width' | 'fixed' | 'duration'> {
    const { font } = this.#rows;
    const width = ((this.#widths.get(comment.id) ?? 0) + (comment.own ? 2 * FRAME : 0)) * font;
    // What is too wide to be read standing goes across.
    const fixed = comment.mode !== 'scroll' && width <= this.#picture.width;
    return { width, fixed, duration: fixed ? STAY : this.#look.speed * 1000 };
  }

  /** Puts it into the first row where it meets nobody. */
  #settle(flight: Flight, now: number): boolean {
    const row = this.#rowsFor(flight.comment).find((at) => this.#inTheWay({ ...flight, row: at }, now).length === 0);
    if (row === undefined) return false;
    this.#flights.push({ ...flight, row });
    return true;
  }

  /** Puts it where the fewest have to go for it. */
  #push(flight: Flight, now: number): boolean {
    const ways = this.#rowsFor(flight.comment)
      .map((row) => ({ row, others: this.#inTheWay({ ...flight, row }, now) }))
      .filter(({ others }) => others.every(({ comment }) => !comment.own));
    const best = ways.sort((a, b) => a.others.length - b.others.length)[0];
    if (!best) return false;
    this.#keep((other) => !best.others.includes(other));
    this.#flights.push({ ...flight, row: best.row });
    return true;
  }

  #inTheWay(flight: Flight, time: number): Flight[] {
    const picture = this.#picture.width;
    return this.#flights.filter((other) => other.row === flight.row && !stayApart(flight, other, { time, picture }));
  }

  /** The rows for a comment, the best first. */
  #rowsFor({ mode }: Comment): number[] {
    const { all, used } = this.#rows;
    return Array.from({ length: used }, (_, row) => (mode === 'bottom' ? all - 1 - row : row));
  }

  /** Everybody anew, as far as they have come, the oldest first; in their own row if they can. */
  #arrange(now: number): void {
    this.#rows = rowsOf(this.#picture, this.#look);
    const before = this.#flights;
    this.#flights = [];
    for (const flight of before) {
      const motion = this.#motionOf(flight.comment);
      const start = now - ((now - flight.start) / flight.duration) * motion.duration;
      const next = { ...flight, ...motion, start };
      const stays = this.#rowsFor(flight.comment).includes(flight.row) && this.#inTheWay(next, now).length === 0;
      if (stays) this.#flights.push(next);
      else if (!this.#settle(next, now)) this.#widths.delete(flight.comment.id);
    }
  }
}
