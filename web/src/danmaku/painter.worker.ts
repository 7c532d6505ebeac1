import { type Order, Painter } from './painter.ts';

/** First on a worker: what to draw on, and with which fonts. */
export interface Beginning {
  type: 'begin';
  canvas: OffscreenCanvas;
  family: string;
}

let painter: Painter | undefined;

/** A painter in a thread of its own: neither the page nor the picture waits for comments, nor they for the page. */
onmessage = ({ data }: MessageEvent<Beginning | Order>): void => {
  if (data.type === 'begin') {
    const { canvas, family } = data;
    painter = new Painter({ canvas, family, sheet: () => new OffscreenCanvas(1, 1) });
  } else painter?.obey(data);
};
