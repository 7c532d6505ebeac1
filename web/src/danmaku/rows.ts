/** Letters are this share of the picture's width, as long as that is between the two. px */
const FONT_SHARE = 0.021;
const FONT_LEAST = 14;
const FONT_MOST = 26;
/** Distance from row to row, in letters. */
const LINE = 1.62;
/** Above the first row. px */
export const TOP = 10;
/** Below the last row there are captions and controls. Share of the height. */
const FOOT = 0.17;

/** What comments fly over. Lengths in CSS px. */
export interface Picture {
  width: number;
  height: number;
  /** By so much everything may be moved down for a while, and must still be above the foot. */
  spare: number;
}

/** The rows of a picture. Lengths in CSS px. */
export interface Rows {
  /** Size of letters. */
  font: number;
  /** From one row to the next. */
  line: number;
  /** Rows that there are, and how many of them the viewer gives to comments. */
  all: number;
  used: number;
}

/** What rows a picture has for letters of that size (percent), in this share of its height. */
export function rowsOf(picture: Picture, look: { size: number; area: number }): Rows {
  const usual = Math.min(FONT_MOST, Math.max(FONT_LEAST, picture.width * FONT_SHARE));
  const font = (usual * look.size) / 100;
  const line = font * LINE;
  const within = (height: number): number => Math.max(1, Math.floor((height - TOP) / line));
  const all = within(picture.height * (1 - FOOT) - picture.spare);
  return { font, line, all, used: Math.min(all, within(picture.height * look.area)) };
}
