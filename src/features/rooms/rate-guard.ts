import { ProtocolError } from '../../errors.ts';
import type { Hub } from '../../live/hub.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';

/** How often is looked. */
const EVERY = SECOND;
/** A rate is exceeded for so long before the publisher is cut: a scene change alone is none. */
const PATIENCE = 10 * SECOND;

export interface RateGuardOptions {
  hub: Hub;
  scheduler: Scheduler;
  /** The most that a path may have, in bit/s. */
  limitOf(path: string): number | undefined;
}

/** Cuts publishers that send more than their room allows. */
export class RateGuard {
  readonly #options: RateGuardOptions;
  /** Path → since when it is above its limit. */
  readonly #above = new Map<string, number>();
  readonly #cancel: () => void;

  constructor(options: RateGuardOptions) {
    this.#options = options;
    this.#cancel = options.scheduler.every(EVERY, () => this.#look());
  }

  close(): void {
    this.#cancel();
  }

  #look(): void {
    const { hub, scheduler, limitOf } = this.#options;
    const now = scheduler.now();
    for (const { path, rates, active } of hub.streams()) {
      const limit = limitOf(path);
      if (!active || limit === undefined || rates.bitRate <= limit) this.#above.delete(path);
      else if (!this.#above.has(path)) this.#above.set(path, now);
      else if (now - this.#above.get(path)! >= PATIENCE) this.#cut(path, limit);
    }
  }

  #cut(path: string, limit: number): void {
    this.#above.delete(path);
    const session = this.#options.hub.publisher(path)?.session;
    const words = `This room takes ${Math.round(limit / 1000)} kbit/s at most. Lower the bit rate of the encoder.`;
    if (session) this.#options.hub.dismiss(session, new ProtocolError(words, 'limit-exceeded'));
  }
}
