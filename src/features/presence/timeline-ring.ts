import type { TimelinePoint } from '../../client/messages.ts';

/** How far apart points are, and how many there are: ten minutes finely, fifty more coarsely. */
export const FINE_EVERY = 2;
export const FINE_POINTS = 300;
/** Fine points that become one coarse one. */
export const MERGED = 6;
export const COARSE_POINTS = 250;

/** The last hour of a stream, in at most 550 points. */
export class TimelineRing {
  readonly #fine: TimelinePoint[] = [];
  readonly #coarse: TimelinePoint[] = [];

  /** The oldest first. */
  get points(): readonly TimelinePoint[] {
    return [...this.#coarse, ...this.#fine];
  }

  add(point: TimelinePoint): void {
    this.#fine.push(point);
    // Several at once, so that a coarse point is always of as many.
    if (this.#fine.length < FINE_POINTS + MERGED) return;
    this.#coarse.push(merge(this.#fine.splice(0, MERGED)));
    if (this.#coarse.length > COARSE_POINTS) this.#coarse.shift();
  }

  /** Forgets what is older than an hour. `now`: wall time in ms. */
  trim(now: number): void {
    const oldest = now - FINE_EVERY * (FINE_POINTS + MERGED * COARSE_POINTS) * 1000;
    for (const points of [this.#coarse, this.#fine])
      while (points.length > 0 && Date.parse(points[0]!.at) < oldest) points.shift();
  }
}

/** Means of what flows, sums of what is counted; of a key frame interval the longest, which is the one that hurts. */
function merge(points: readonly TimelinePoint[]): TimelinePoint {
  const values = (name: 'gop' | 'latency'): number[] => points.flatMap((point) => point[name] ?? []);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
  const of = (name: 'bitRate' | 'frameRate' | 'viewers' | 'skips' | 'dropped'): number[] =>
    points.map((point) => point[name]);
  const [gop, latency] = [values('gop'), values('latency')];
  return {
    at: points[0]!.at,
    bitRate: Math.round(mean(of('bitRate'))),
    frameRate: Math.round(mean(of('frameRate')) * 100) / 100,
    viewers: Math.max(...of('viewers')),
    skips: sum(of('skips')),
    dropped: sum(of('dropped')),
    ...(gop.length > 0 && { gop: Math.max(...gop) }),
    ...(latency.length > 0 && { latency: Math.round(mean(latency) * 1000) / 1000 }),
  };
}
