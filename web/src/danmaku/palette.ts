import type { DanmakuColor } from '../../../src/client/index.ts';

/** The colours of comments, all light, so that the dark halo makes them legible on any picture. */
export const palette: Readonly<Record<DanmakuColor, string>> = {
  white: '#ffffff',
  red: '#ff8f87',
  orange: '#ffb469',
  yellow: '#ffdc7a',
  green: '#93e5ab',
  cyan: '#93e6f7',
  blue: '#a1beff',
  purple: '#cbb6ff',
  pink: '#ffa6d2',
};
