import type { Comment } from './comment.ts';
import { palette } from './palette.ts';

/** Around the text, for its halo. px */
export const EDGE = 4;
/** Height of a comment in letters; what reaches farther up or down is cut off. */
const HEIGHT = 1.5;
/** From the middle of a line to where letters stand, in letters. */
const BASE = 0.35;
/** The page's `--halo`: two shadows in px. */
const HALO = [
  { y: 0, blur: 2, color: 'rgb(0 0 0 / 0.9)' },
  { y: 1, blur: 3, color: 'rgb(0 0 0 / 0.65)' },
];
/** What one has written oneself: a chip with an outline. */
const OWN = { fill: 'rgb(8 10 12 / 0.42)', line: 'rgb(255 255 255 / 0.85)', thick: 1.5, round: 6 };

/** A surface to draw on, of a page or of a worker. */
export type Sheet = OffscreenCanvas | HTMLCanvasElement;
export type Pen = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;

/** A font as canvases take it. */
export function fontOf(size: number, family: string): string {
  return `600 ${size}px ${family}`;
}

/** Draws a comment once; from then on it is only moved. `width`: of the whole, `font`: px, `ratio`: device px to CSS px. */
export function drawComment(
  sheet: Sheet,
  { text, color, own }: Comment,
  { width, font, family, ratio }: { width: number; font: number; family: string; ratio: number },
): void {
  const height = font * HEIGHT;
  sheet.width = Math.ceil((width + 2 * EDGE) * ratio);
  sheet.height = Math.ceil((height + 2 * EDGE) * ratio);
  const pen = sheet.getContext('2d') as Pen;
  pen.scale(ratio, ratio);
  pen.translate(EDGE, EDGE);
  if (own) {
    pen.beginPath();
    const inset = OWN.thick / 2;
    pen.roundRect(inset, inset, width - OWN.thick, height - OWN.thick, OWN.round);
    pen.fillStyle = OWN.fill;
    pen.fill();
    pen.lineWidth = OWN.thick;
    pen.strokeStyle = OWN.line;
    pen.stroke();
  }
  pen.font = fontOf(font, family);
  pen.textAlign = 'center';
  pen.fillStyle = palette[color];
  for (const { y, blur, color: dark } of HALO) {
    pen.shadowColor = dark;
    pen.shadowBlur = blur * ratio;
    pen.shadowOffsetY = y * ratio;
    pen.fillText(text, width / 2, height / 2 + BASE * font);
  }
}
