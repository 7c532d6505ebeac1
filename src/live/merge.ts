import { MILLISECOND } from '../media/time.ts';

/** Below this share of busy time every frame is sent at once. */
const IDLE_LOAD = 0.5;
/** At this share of busy time the window is at its widest. */
const FULL_LOAD = 0.85;
/** The widest window: above it writes get hardly cheaper and the delay is felt. */
const WIDEST = 100 * MILLISECOND;
/** A step of the window goes this part of the way to its goal, so that it grows and shrinks smoothly. */
const SMOOTHING = 0.3;
/** Narrower windows than this cost timers and gain nothing. */
const NARROWEST = 4 * MILLISECOND;

/**
 * How long frames are gathered before they are sent to viewers: the lever between delay and CPU. Fixed, or following
 * the load of the event loop.
 */
export class MergeWindow {
  readonly #fixed: number | undefined;
  #window = 0;

  /** `merge`: `auto` or milliseconds; 0 is one flush per frame. */
  constructor(merge: 'auto' | number) {
    this.#fixed = merge === 'auto' ? undefined : merge * MILLISECOND;
  }

  /** µs; 0 means at once. */
  get window(): number {
    if (this.#fixed !== undefined) return this.#fixed;
    return this.#window < NARROWEST ? 0 : this.#window;
  }

  /** Takes the share of time, 0 to 1, for which the event loop was busy lately. */
  observe(load: number): void {
    const share = Math.min(1, Math.max(0, (load - IDLE_LOAD) / (FULL_LOAD - IDLE_LOAD)));
    this.#window += (share * WIDEST - this.#window) * SMOOTHING;
  }
}
