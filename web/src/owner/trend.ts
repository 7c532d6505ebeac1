/** Seconds that a sparkline shows. */
export const SPAN = 60;
const WIDTH = 60;
const HEIGHT = 24;
const TOP = 2;

/** The last minute of one number, one value a second. `undefined` where there was none. */
export type Trend = readonly (number | undefined)[];

/** The trend with the value of the next second. */
export function grown(trend: Trend, value: number | undefined): Trend {
  return [...trend, value].slice(-SPAN);
}

/**
 * The path of a sparkline in a box of 60 × 24, newest at the right; `close` makes it an area. The scale begins at 0 and
 * never magnifies noise: it ends at least a fifth above the mean.
 */
export function sparkPath(trend: Trend, close: boolean): string {
  const known = trend.flatMap((value, index) =>
    value === undefined ? [] : [{ x: WIDTH - (trend.length - 1 - index) * (WIDTH / (SPAN - 1)), value }],
  );
  if (known.length < 2) return '';
  const mean = known.reduce((sum, { value }) => sum + value, 0) / known.length;
  const most = Math.max(mean * 1.2, ...known.map(({ value }) => value)) || 1;
  const line = known
    .map(({ x, value }) => `${x.toFixed(1)} ${(HEIGHT - (value / most) * (HEIGHT - TOP)).toFixed(1)}`)
    .join('L');
  if (!close) return `M${line}`;
  return `M${line}L${WIDTH} ${HEIGHT}L${known[0]!.x.toFixed(1)} ${HEIGHT}Z`;
}
