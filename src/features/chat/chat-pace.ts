import { Busy, Denied } from '../../errors.ts';
import { CallLimit } from '../../io/call-limit.ts';
import { networkOf } from '../../io/request.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';

/** Messages of one person: a burst, and then what somebody types who types fast. */
const BURST = { calls: 6, window: 6 * SECOND };
/** Messages of all guests of one network: a class room, but no crowd of one. */
const NETWORK = { calls: 30, window: 10 * SECOND };
/** The same text again within this is the same message sent twice. */
const REPEAT = 30 * SECOND;
/** People who are remembered at once in a room. */
const MAX_PEOPLE = 20_000;

/** Keeps the people of one room from talking faster than others can read. */
export class ChatPace {
  readonly #scheduler: Scheduler;
  readonly #burst: CallLimit;
  readonly #networks: CallLimit;
  readonly #room: CallLimit;
  /** Who → when they spoke last, and what. The oldest come first. */
  readonly #last = new Map<string, { at: number; text: string; times: number }>();

  /** `accepted`: messages a second of all of them; 0 is no limit. */
  constructor(scheduler: Scheduler, accepted = 0) {
    this.#scheduler = scheduler;
    this.#burst = new CallLimit({ scheduler, ...BURST });
    this.#networks = new CallLimit({ scheduler, ...NETWORK });
    this.#room = new CallLimit({ scheduler, calls: accepted, window: SECOND });
  }

  /** Counts a message of some guest of a network. Throws `too-many-requests`. */
  takeFrom(address: string): void {
    const wait = this.#networks.take(networkOf(address));
    if (wait > 0)
      throw new Busy('There is too much from your network; wait a moment, or sign in.', wait, 'too-many-requests');
  }

  /**
   * Counts a message. Throws `too-many-requests` with the time to wait, and `slow-mode`, which is `slow` seconds between two
   * messages.
   */
  take(who: string, text: string, slow: number): void {
    const now = this.#scheduler.now();
    const last = this.#last.get(who);
    const wait = last === undefined ? 0 : last.at + slow * SECOND - now;
    if (wait > 0) throw new Denied('slow-mode', `This room is slow: say the next in ${Math.ceil(wait / SECOND)} s.`);
    const repeats = last?.text === text && now - last.at < REPEAT;
    if (repeats && last.times >= 2) throw new Busy('You have said this already.', 30, 'too-many-requests');
    const flood = this.#burst.take(who);
    if (flood > 0) throw new Busy('You are too fast; wait a moment.', flood, 'too-many-requests');
    const crowd = this.#room.take('');
    if (crowd > 0) throw new Busy('Too much is said here at once; try again.', crowd, 'busy');
    this.#last.delete(who);
    for (const oldest of this.#last.keys()) {
      if (this.#last.size < MAX_PEOPLE) break;
      this.#last.delete(oldest);
    }
    this.#last.set(who, { at: now, text, times: repeats ? last.times + 1 : 1 });
  }
}
