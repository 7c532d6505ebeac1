/** Browsers show a frame of an animation that says less than the first for as long as the second. ms */
const [SHORTEST, SHOWN] = [20, 100];

/** How long a frame is shown that says so many ms. */
export function shownFor(ms: number): number {
  return ms < SHORTEST ? SHOWN : ms;
}
