import type { Color } from './codec.ts';

/** The code point of ITU-T H.273 for what is not told. */
const UNSPECIFIED = 2;

/** The colours of pictures that do not tell of them. */
export const UNTOLD_COLOR: Color = {
  primaries: UNSPECIFIED,
  transfer: UNSPECIFIED,
  matrix: UNSPECIFIED,
  fullRange: false,
};

/**
 * Colours as they are meant. 0 is reserved as primaries and transfer, and is what writers leave who know nothing; as
 * matrix it is RGB, which only 4:4:4 (`full`) can be.
 */
export function meantColor({ primaries, transfer, matrix, fullRange }: Color, full: boolean): Color {
  const isRgb = full && (primaries > 0 || transfer > 0);
  return {
    primaries: primaries || UNSPECIFIED,
    transfer: transfer || UNSPECIFIED,
    matrix: matrix || (isRgb ? 0 : UNSPECIFIED),
    fullRange,
  };
}

/** True where any of the three code points is told. */
export function isTold({ primaries, transfer, matrix }: Color): boolean {
  return [primaries, transfer, matrix].some((point) => point !== UNSPECIFIED);
}

/** The given colours where they say anything, be it that all values are used; undefined where they do not. */
export function knownColor(color: Color): Color | undefined {
  return isTold(color) || color.fullRange ? color : undefined;
}

/** Fills in the code points that a codec does not tell with what somebody else does. */
export function filledColor(color: Color, told: Partial<Color>): Color {
  const fill = (name: 'primaries' | 'transfer' | 'matrix'): number =>
    color[name] === UNSPECIFIED ? (told[name] ?? UNSPECIFIED) : color[name];
  return { ...color, primaries: fill('primaries'), transfer: fill('transfer'), matrix: fill('matrix') };
}
