import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Logger } from '../../log.ts';
import type { DeliveryLog, NewDelivery } from './delivery-log.ts';
import type { Hook } from './hook.ts';
import type { HookDirectory } from './hook-directory.ts';
import { type EventBody, eventBody } from './hook-event.ts';
import { HookQueue } from './hook-queue.ts';
import { Places } from './places.ts';
import type { PostResult, SendPost } from './signed-post.ts';

/** Requests at a time to webhooks that answer, and to those that did not last time: who hangs takes no place from who does not. */
const [PLACES, PLACES_FOR_FAILING] = [16, 4];
/** Events that wait for the database; beyond it is one that cannot be written. */
const MAX_PENDING = 10_000;

export interface DeliveriesOptions {
  hooks: HookDirectory;
  log: DeliveryLog;
  scheduler: Scheduler;
  send: SendPost;
  /** Of one webhook: attempts for an event, events that wait, and that are remembered. */
  limits: { readonly tries: number; readonly queue: number; readonly log: number };
  logger: Logger;
}

/** Brings events to webhooks: into the database first, and from there in order. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #queues = new Map<string, HookQueue>();
  readonly #waiting: Map<string, number>;
  readonly #places = new Places(PLACES);
  readonly #placesForFailing = new Places(PLACES_FOR_FAILING);
  readonly #stop = new AbortController();
  #pending: NewDelivery[] = [];
  #writing: Promise<void> | undefined;
  #hurry = (): void => {};

  private constructor(options: DeliveriesOptions, waiting: Map<string, number>) {
    this.#options = options;
    this.#waiting = waiting;
  }

  /** Goes on with what waited when the server stopped. */
  static async open(options: DeliveriesOptions): Promise<Deliveries> {
    await options.log.tidy();
    const deliveries = new Deliveries(options, await options.log.waiting());
    for (const { id } of options.hooks.all()) deliveries.#queue(id).wake();
    return deliveries;
  }

  /** Events that wait for a webhook. */
  waitingFor(hook: string): number {
    return this.#waiting.get(hook) ?? 0;
  }

  /** Tells some webhooks of something. */
  tell(hooks: readonly Hook[], event: { type: string; room: string; data: object }): void {
    if (hooks.length === 0 || this.#stop.signal.aborted) return;
    const { id, type, at, body } = eventBody({ ...event, now: this.#options.scheduler.wall() });
    for (const { id: hook } of hooks) this.#pending.push({ hook, event: id, type, at, body });
    if (this.#pending.length > MAX_PENDING) {
      this.#pending.splice(0, this.#pending.length - MAX_PENDING);
      this.#options.logger.warn({}, 'events for webhooks were lost: the database is too slow, or cannot be written');
    }
    this.#writing ??= this.#write();
  }

  /** Sends an event once more, behind what waits. */
  async replay(hook: Hook, delivery: NewDelivery): Promise<void> {
    const { event, type, at, body } = delivery;
    await this.#add([{ hook: hook.id, event, type, at, body }]);
    this.#queue(hook.id).retry();
  }

  /** Sends one event at once, past the queue, and remembers how it went. */
  async test(hook: Hook, room: string | undefined): Promise<PostResult> {
    const { scheduler, log, send } = this.#options;
    const event = eventBody({ type: 'test', room, data: {}, now: scheduler.wall() });
    const result = await this.#places.run(() => send(this.#post(hook, event)));
    await log.keep(
      { hook: hook.id, event: event.id, type: event.type, at: event.at, body: event.body },
      attemptOf(result, scheduler),
    );
    if (result.ok) this.#queue(hook.id).retry();
    return result;
  }

  /** It was changed: what waits is tried at once. */
  changed(hook: Hook): void {
    this.#queue(hook.id).retry();
  }

  /** It is gone, with all that waits for it. */
  forget(hook: string): void {
    void this.#queues.get(hook)?.close();
    this.#queues.delete(hook);
    this.#waiting.delete(hook);
  }

  /** Resolves when what was told is in the database, and nothing is sent any more. */
  async close(): Promise<void> {
    this.#hurry();
    await this.#writing;
    this.#stop.abort();
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  async #write(): Promise<void> {
    // What happens in this turn of the loop comes along.
    await new Promise<void>((resolve) => {
      this.#hurry = resolve;
      this.#options.scheduler.after(0, resolve);
    });
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      await this.#add(batch).catch((error: unknown) =>
        this.#options.logger.error({ err: error, events: batch.length }, 'events for webhooks could not be written'),
      );
    }
    this.#writing = undefined;
  }

  async #add(batch: readonly NewDelivery[]): Promise<void> {
    const { hooks, limits, log, logger } = this.#options;
    const known = batch.filter(({ hook }) => hooks.find(hook) !== undefined);
    if (known.length === 0) return;
    await log.add(known);
    for (const { hook } of known) this.#waiting.set(hook, this.waitingFor(hook) + 1);
    for (const hook of new Set(known.map((delivery) => delivery.hook))) {
      const over = this.waitingFor(hook) - limits.queue;
      if (over > 0) {
        const dropped = await log.drop(hook, over, this.#queue(hook).sending);
        this.#waiting.set(hook, this.waitingFor(hook) - dropped);
        logger.warn({ hook, dropped }, 'events for a webhook were dropped: too many wait for it');
      }
      this.#queue(hook).wake();
    }
  }

  #queue(id: string): HookQueue {
    let queue = this.#queues.get(id);
    if (!queue) this.#queues.set(id, (queue = this.#makeQueue(id)));
    return queue;
  }

  #makeQueue(id: string): HookQueue {
    const { hooks, limits, log, logger, scheduler, send } = this.#options;
    return new HookQueue({
      ...{ hook: id, log, scheduler, tries: limits.tries, keep: limits.log },
      enabled: () => hooks.find(id)?.enabled === true,
      send: ({ event, body }, failing) =>
        (failing ? this.#placesForFailing : this.#places).run(() =>
          send(this.#post(hooks.find(id)!, { id: event, body })),
        ),
      left: () => void this.#waiting.set(id, Math.max(0, this.waitingFor(id) - 1)),
      died: ({ event, type }, { status, error }) =>
        logger.warn(
          { hook: id, event, type, status, error },
          'an event for a webhook was put aside: it was tried often enough',
        ),
      failed: (error) => logger.error({ err: error, hook: id }, 'events for a webhook could not be read or written'),
    });
  }

  #post({ id, url }: Hook, { id: event, body }: Pick<EventBody, 'id' | 'body'>) {
    const { signal } = this.#stop;
    return { url, secrets: this.#options.hooks.secretsOf(id), id: event, body, signal };
  }
}

function attemptOf({ status, error, ms }: PostResult, scheduler: Pick<Scheduler, 'wall'>) {
  return { at: isoTime(scheduler.wall()), status, error, ms };
}
