/** Longest period that Node's timers take, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Keeps the process alive until the returned function is called: for work that at times waits for nothing but a timer of
 * the scheduler, which alone would let the process end.
 */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, LONGEST_MS);
  return () => clearInterval(timer);
}
