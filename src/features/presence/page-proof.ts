import type { Beacon } from '../../client/messages.ts';
import { SECOND } from '../../media/time.ts';
import type { PageState } from './hls-places.ts';

/** Two words this far apart tell whether a picture goes on. */
const LEAST_APART = 4 * SECOND;
/** Share of that time for which it has to have played. */
const PLAYED_SHARE = 0.5;
/** Farther behind than this is not live any more. Seconds */
const MAX_LATENCY = 120;
/** What was said holds for so long: hidden pages are let run once a minute. */
const HOLDS = 90 * SECOND;

/**
 * What a page has proven by what it says of itself. One word proves nothing: it plays when two, some seconds apart, say
 * that pictures came for most of the time between, and not from long ago.
 */
export class PageProof {
  #state: PageState | undefined;
  #saidAt: number | undefined;

  /** As it is at a moment (monotonic µs); undefined where it proves nothing. */
  state(now: number): PageState | undefined {
    return this.#saidAt !== undefined && now - this.#saidAt < HOLDS ? this.#state : undefined;
  }

  say(beacon: Beacon, now: number): void {
    const apart = now - (this.#saidAt ?? now);
    this.#saidAt = now;
    const { path, state, played, latency = 0 } = beacon;
    if ((path !== 'hls' && path !== 'native-hls') || state === 'off') this.#state = undefined;
    else if (state === 'paused') this.#state = 'paused';
    else if (this.#state !== 'playing' || apart >= LEAST_APART) {
      const goesOn = apart >= LEAST_APART && played * 1000 >= apart * PLAYED_SHARE && latency <= MAX_LATENCY;
      this.#state = goesOn ? 'playing' : undefined;
    }
  }
}
