import type { Comment } from './comment.ts';
import type { Flight } from './flight.ts';
import { defaultLook, type Look } from './look.ts';
import type { Picture } from './rows.ts';
import { RunningClock } from './running-clock.ts';
import { Sky } from './sky.ts';
import { drawComment, EDGE, fontOf, type Pen, type Sheet } from './sprite.ts';

/** Text is measured once, in letters of this size. px */
const MEASURED = 100;
/** So much of a frame goes into drawing new comments; the rest of them wait for the next, outside of the picture. ms */
const DRAWING = 5;

/** What the page tells its painter. */
export type Order =
  | { type: 'fly'; comment: Comment }
  | { type: 'remove'; id: string }
  /** `ratio`: device px to one of CSS. */
  | { type: 'size'; picture: Picture; ratio: number }
  | { type: 'look'; look: Look }
  | { type: 'still'; on: boolean };

export interface PainterOptions {
  canvas: Sheet;
  /** Names of fonts as in CSS. */
  family: string;
  /** A surface for one comment. */
  sheet(): Sheet;
}

/** Draws the comments of a sky, frame by frame, as long as there are any. Touches nothing of a document. */
export class Painter {
  readonly #options: PainterOptions;
  readonly #pen: Pen;
  readonly #sky: Sky;
  readonly #clock: RunningClock = new RunningClock();
  readonly #drawn = new Map<string, { sheet: Sheet; width: number }>();
  #look: Look = defaultLook;
  #ratio = 1;
  #asked = false;

  constructor(options: PainterOptions) {
    this.#options = options;
    const pen = options.canvas.getContext('2d') as Pen | null;
    if (!pen) throw new Error('This browser draws nothing.');
    this.#pen = pen;
    this.#sky = new Sky((text) => {
      pen.font = fontOf(MEASURED, options.family);
      return pen.measureText(text).width / MEASURED;
    });
  }

  obey(order: Order): void {
    const real = performance.now();
    const now = this.#clock.at(real);
    if (order.type === 'fly') this.#sky.add(order.comment, now);
    else if (order.type === 'remove') this.#sky.remove(order.id);
    else if (order.type === 'still') {
      if (order.on) this.#clock.stop(real);
      else this.#clock.start(real);
    } else if (order.type === 'look') {
      this.#look = order.look;
      this.#sky.change(order.look, now);
    } else this.#resize(order, now);
    this.#next();
  }

  #resize({ picture, ratio }: { picture: Picture; ratio: number }, now: number): void {
    const { canvas } = this.#options;
    canvas.width = Math.round(picture.width * ratio);
    canvas.height = Math.round(picture.height * ratio);
    if (ratio !== this.#ratio) this.#drawn.clear();
    this.#ratio = ratio;
    this.#sky.resize(picture, now);
    // It is empty now, and would be for a frame.
    this.#paint(performance.now());
  }

  #next(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame((time) => {
      this.#asked = false;
      this.#paint(time);
      if (!this.#sky.empty && !this.#clock.stopped) this.#next();
    });
  }

  #paint(time: number): void {
    const now = this.#clock.at(time);
    const { canvas } = this.#options;
    this.#sky.advance(now);
    this.#pen.clearRect(0, 0, canvas.width, canvas.height);
    this.#pen.globalAlpha = this.#look.opacity / 100;
    const until = performance.now() + DRAWING;
    for (const flight of this.#sky.flights) {
      const sheet = this.#sheetOf(flight, until);
      if (!sheet) continue;
      const { x, y } = this.#sky.place(flight, now);
      // What moves lies between the pixels, so that it moves evenly; what stands is sharp.
      const left = (x - EDGE) * this.#ratio;
      this.#pen.drawImage(sheet, flight.fixed ? Math.round(left) : left, Math.round((y - EDGE) * this.#ratio));
    }
    this.#forget();
  }

  /** A comment as it is drawn, if there is time for it. */
  #sheetOf(flight: Flight, until: number): Sheet | undefined {
    const { id } = flight.comment;
    const known = this.#drawn.get(id);
    if (known?.width === flight.width) return known.sheet;
    if (performance.now() > until) return known?.sheet;
    const sheet = known?.sheet ?? this.#options.sheet();
    const { font } = this.#sky.rows;
    drawComment(sheet, flight.comment, { width: flight.width, font, family: this.#options.family, ratio: this.#ratio });
    this.#drawn.set(id, { sheet, width: flight.width });
    return sheet;
  }

  #forget(): void {
    if (this.#drawn.size <= this.#sky.flights.length) return;
    const flying = new Set(this.#sky.flights.map(({ comment }) => comment.id));
    for (const id of this.#drawn.keys()) if (!flying.has(id)) this.#drawn.delete(id);
  }
}
