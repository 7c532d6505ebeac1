/** Pixels of a side; more is a fault of the sender, and beyond what any decoder of a browser takes. */
export const MAX_SIDE = 16_384;

interface Size {
  width?: number;
  height?: number;
}

/** Puts a size where it belongs. One that is unknown, in part or out of bounds is left out. */
export function putSize(into: Size, { width, height }: Size): void {
  if (width === undefined || height === undefined || !isSide(width) || !isSide(height)) return;
  into.width = width;
  into.height = height;
}

function isSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= MAX_SIDE;
}

/** True where both are the same, or neither is known. */
export function sameSize(a: Size | undefined, b: Size | undefined): boolean {
  return a?.width === b?.width && a?.height === b?.height;
}
