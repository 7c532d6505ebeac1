/** Time as the client sees it, in milliseconds. Tests use a virtual one. */
export interface Clock {
  /** Monotonic. Everything that measures uses this. */
  now(): number;
  /** Since 1970, for dates only. */
  wall(): number;
  /** Calls `run` once after `ms`; returns what cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The clock of the browser, or of whatever runs this. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
