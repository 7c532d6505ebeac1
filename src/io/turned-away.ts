import type { Scheduler } from '../live/scheduler.ts';
import type { Logger } from '../log.ts';
import { SECOND } from '../media/time.ts';

/** A flood of connections must not become a flood of lines. */
const SAY_EVERY = SECOND;

export interface TurnedAwayOptions {
  protocol: string;
  log: Logger;
  scheduler: Scheduler;
}

/** Counts the connections that a listener closes at once because too many are open, and says so once a second at most. */
export class TurnedAway {
  readonly #options: TurnedAwayOptions;
  #connections = 0;
  #cancel: (() => void) | undefined;

  constructor(options: TurnedAwayOptions) {
    this.#options = options;
  }

  /** One more. */
  add(): void {
    this.#connections++;
    this.#cancel ??= this.#options.scheduler.after(SAY_EVERY, () => this.say());
  }

  /** Says what was not said yet; the listener is about to close, or it is time. */
  say(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#connections === 0) return;
    const { protocol, log } = this.#options;
    const facts = { protocol, code: 'busy', connections: this.#connections };
    this.#connections = 0;
    log.warn(facts, 'connections were closed at once: too many are open');
  }
}
