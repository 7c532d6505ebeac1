import type { Comment } from './comment.ts';
import type { Look } from './look.ts';
import type { Order } from './painter.ts';
import type { Beginning } from './painter.worker.ts';

/** More device pixels than this to one of CSS are not seen in letters, but cost memory. */
const MAX_RATIO = 2;
/** On screens of phones comments move down by so much, as the styles say, while the way back is at the top. CSS px */
const PHONE = { screen: '(max-width: 599px), (max-height: 500px)', down: 38 };

/** The screen on which comments fly, over the picture. Who paints it is in another thread where browsers allow that. */
export class Screen {
  readonly #obey: (order: Order) => void;
  readonly #observer: ResizeObserver;
  #worker: Worker | undefined;
  #still = false;
  #closed = false;

  constructor(canvas: HTMLCanvasElement) {
    const family = getComputedStyle(canvas).fontFamily;
    this.#obey = this.#hire(canvas, family);
    this.#observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      const spare = matchMedia(PHONE.screen).matches ? PHONE.down : 0;
      this.#obey({ type: 'size', picture: { width, height, spare }, ratio: Math.min(MAX_RATIO, devicePixelRatio) });
    });
    this.#observer.observe(canvas);
  }

  /**
   * Lets a comment fly. What comes while nobody looks, or while the picture stands, is dropped, so that nothing piles up; what
   * the viewer has written is not.
   */
  fly(comment: Comment): void {
    if (document.hidden || (this.#still && !comment.own)) return;
    this.#obey({ type: 'fly', comment });
  }

  /** A comment was deleted. */
  remove(id: string): void {
    this.#obey({ type: 'remove', id });
  }

  look(look: Look): void {
    this.#obey({ type: 'look', look });
  }

  /** The picture stands, or goes on. */
  still(on: boolean): void {
    this.#still = on;
    this.#obey({ type: 'still', on });
  }

  close(): void {
    this.#closed = true;
    this.#observer.disconnect();
    this.#worker?.terminate();
  }

  #hire(canvas: HTMLCanvasElement, family: string): (order: Order) => void {
    if (!('transferControlToOffscreen' in canvas)) return this.#paintHere(canvas, family);
    const worker = new Worker(new URL('./painter.worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    const offscreen = canvas.transferControlToOffscreen();
    worker.postMessage({ type: 'begin', canvas: offscreen, family } satisfies Beginning, [offscreen]);
    return (order) => worker.postMessage(order);
  }

  /** Older browsers paint in the thread of the page. */
  #paintHere(canvas: HTMLCanvasElement, family: string): (order: Order) => void {
    const sheet = (): HTMLCanvasElement => document.createElement('canvas');
    const painter = import('./painter.ts').then(({ Painter }) => new Painter({ canvas, family, sheet }));
    return (order) => void painter.then((ready) => this.#closed || ready.obey(order));
  }
}
