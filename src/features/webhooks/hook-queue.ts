import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import { SECOND } from '../../media/time.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { PostResult } from './signed-post.ts';
import type { DeliveryRow } from './webhook-tables.ts';

/** From a failure to the next attempt: short at first, for a server that restarts, and no longer than ten minutes. */
const [FIRST_WAIT, LONGER_BY, LONGEST_WAIT] = [2 * SECOND, 5, 600 * SECOND];
/** After the database could not be read or written. */
const STORE_WAIT = 10 * SECOND;
/** Deliveries between two looks at how many are remembered. */
const TRIM_EVERY = 50;

export interface HookQueueOptions {
  hook: string;
  log: Pick<DeliveryLog, 'next' | 'tried' | 'trim'>;
  scheduler: Pick<Scheduler, 'after' | 'wall'>;
  /** Attempts for one event. */
  tries: number;
  /** How many are remembered that were sent or put aside. */
  keep: number;
  /** Whether anything is to be sent. */
  enabled(): boolean;
  /** `failing`: the last attempt was in vain. Rejects when nothing is to be sent any more. */
  send(delivery: DeliveryRow, failing: boolean): Promise<PostResult>;
  /** One less waits. */
  left(): void;
  /** Put aside after the last attempt. */
  died(delivery: DeliveryRow, result: PostResult): void;
  failed(error: unknown): void;
}

/**
 * Sends what waits for one webhook, one after the other in the order in which it happened: an event that fails is tried again
 * before the next one has its turn. Waits grow with each failure of the webhook, not of the event.
 */
export class HookQueue {
  /** The event that is being sent. */
  sending: number | undefined;
  readonly #options: HookQueueOptions;
  #failures = 0;
  #sent = 0;
  #working: Promise<void> | undefined;
  #again = false;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: HookQueueOptions) {
    this.#options = options;
  }

  /** There is something to send. */
  wake(): void {
    this.#again = true;
    if (this.#closed || this.#cancel) return;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#again) this.wake();
    });
  }

  /** The webhook may answer again: it is tried at once. */
  retry(): void {
    this.#failures = 0;
    this.#cancel?.();
    this.#cancel = undefined;
    this.wake();
  }

  /** Resolves when nothing is done any more; what waits stays in the database. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#again = false;
    this.#cancel?.();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { hook, log, enabled, failed } = this.#options;
    try {
      while (this.#again) {
        this.#again = false;
        for (;;) {
          const next = this.#closed || !enabled() ? undefined : await log.next(hook);
          if (!next || !(await this.#deliver(next))) break;
        }
        if (this.#cancel) return;
      }
    } catch (error) {
      if (this.#closed) return;
      failed(error);
      this.#wait(STORE_WAIT);
    } finally {
      this.sending = undefined;
    }
  }

  /** False where the next attempt has to wait. */
  async #deliver(delivery: DeliveryRow): Promise<boolean> {
    const { hook, log, scheduler, tries, keep, send, left, died } = this.#options;
    this.sending = delivery.seq;
    const result = await send(delivery, this.#failures > 0);
    const attempt = { at: isoTime(scheduler.wall()), ...result };
    if (result.ok) {
      await log.tried(delivery.seq, attempt, 'sent');
      this.#failures = 0;
    } else {
      const over = delivery.attempts + 1 >= tries;
      await log.tried(delivery.seq, attempt, over ? 'dead' : 'waiting');
      this.#wait(Math.min(LONGEST_WAIT, FIRST_WAIT * LONGER_BY ** this.#failures++));
      if (!over) return false;
      died(delivery, result);
    }
    left();
    if (++this.#sent % TRIM_EVERY === 1) await log.trim(hook, keep);
    return result.ok;
  }

  #wait(time: number): void {
    if (this.#closed) return;
    this.#again = false;
    this.#cancel = this.#options.scheduler.after(time, () => {
      this.#cancel = undefined;
      this.wake();
    });
  }
}
