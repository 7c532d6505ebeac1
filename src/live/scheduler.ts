/** Time as the core sees it. The real one is `io/scheduler.ts`; tests use a virtual one. */
export interface Scheduler {
  /** Monotonic time in µs from an arbitrary start. Everything that measures uses this. */
  now(): number;
  /** Wall time in ms since 1970, for names, logs and dates only. */
  wall(): number;
  /** Calls `run` once after `us` microseconds, never earlier; returns what cancels it. It never keeps the process alive. */
  after(us: number, run: () => void): () => void;
  /** Calls `run` every `us` microseconds until cancelled. */
  every(us: number, run: () => void): () => void;
}
