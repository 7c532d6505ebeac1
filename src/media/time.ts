/** Time is integer microseconds everywhere; conversions live here. */

export const SECOND = 1_000_000;
export const MILLISECOND = 1_000;

export function fromMs(ms: number): number {
  return ms * MILLISECOND;
}

/** Rounds to the nearest millisecond, as FLV and RTMP carry it. */
export function toMs(us: number): number {
  return Math.round(us / MILLISECOND);
}
