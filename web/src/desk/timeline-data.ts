import type { TimelinePoint } from '../../../src/client/index.ts';

/** What is drawn, each in a chart of its own. */
export const SERIES = ['viewers', 'bitRate', 'frameRate', 'gop', 'latency', 'lost'] as const;
export type Series = (typeof SERIES)[number];

/** Points this far apart belong to different broadcasts, or nothing came between: the line has a gap. s */
const GAP = 30;

/** What is kept. ms */
const HOUR = 3_600_000;

/** Columns as a chart takes them: seconds since 1970, and a value or null for each. */
export interface Columns {
  times: number[];
  values: Record<Series, (number | null)[]>;
}

/** The points with a newer one; those of more than an hour before it go. One that is no newer than the last changes nothing. */
export function withPoint(points: readonly TimelinePoint[], point: TimelinePoint): readonly TimelinePoint[] {
  const last = points.at(-1);
  if (last && last.at >= point.at) return points;
  const oldest = new Date(Date.parse(point.at) - HOUR).toISOString();
  return [...points.filter(({ at }) => at >= oldest), point];
}

/** The points of an hour as columns. */
export function columnsOf(points: readonly TimelinePoint[]): Columns {
  const times: number[] = [];
  const values: Columns['values'] = { viewers: [], bitRate: [], frameRate: [], gop: [], latency: [], lost: [] };
  let before = Number.NaN;
  for (const point of points) {
    const time = Date.parse(point.at) / 1000;
    if (time - before > GAP) {
      times.push(before + 1);
      for (const series of SERIES) values[series].push(null);
    }
    times.push(time);
    for (const series of SERIES) values[series].push(valueOf(point, series));
    before = time;
  }
  return { times, values };
}

/** The least, the most, and the last known value of a column; undefined where there is none. */
export function rangeOf(column: readonly (number | null)[]): { low: number; high: number; last: number } | undefined {
  const known = column.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return undefined;
  return {
    low: known.reduce((least, value) => Math.min(least, value), last),
    high: known.reduce((most, value) => Math.max(most, value), last),
    last,
  };
}

function valueOf(point: TimelinePoint, series: Series): number | null {
  return series === 'lost' ? point.skips + point.dropped : (point[series] ?? null);
}
