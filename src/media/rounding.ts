/** A number to so many digits behind the point: what is measured is not better than that. */
export function rounded(number: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(number * scale) / scale;
}
