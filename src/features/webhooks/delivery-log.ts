import { type Kysely, sql } from 'kysely';
import type { Store } from '../../store/store.ts';
import type { DeliveryRow, WebhookTables } from './webhook-tables.ts';

/** Most that one reading gives. */
export const MAX_PAGE = 200;
/** What goes first where too much waits. */
const LESSER = ['chat.message', 'chat.changed'];

/** An event for one webhook. */
export type NewDelivery = Pick<DeliveryRow, 'hook' | 'event' | 'type' | 'at' | 'body'>;

/** How an attempt went. `at`: ISO 8601 in UTC. */
export interface Attempt {
  readonly at: string;
  readonly status?: number | undefined;
  readonly error?: string | undefined;
  readonly ms: number;
}

/** What webhooks are to be sent, and what became of it: a queue for each, in the database. */
export class DeliveryLog {
  readonly #db: Kysely<WebhookTables>;

  constructor({ db }: Pick<Store, 'db'>) {
    this.#db = db.withTables<WebhookTables>();
  }

  /** Adds events to the ends of their queues, all or none. */
  async add(deliveries: readonly NewDelivery[]): Promise<void> {
    const begin = { state: 'waiting', attempts: 0, tried: null, status: null, error: null, ms: null } as const;
    await this.#db.transaction().execute(async (transaction) => {
      for (const delivery of deliveries)
        await transaction
          .insertInto('webhook_deliveries')
          .values({ ...delivery, ...begin } as DeliveryRow)
          .execute();
    });
  }

  /** The first that waits. */
  next(hook: string): Promise<DeliveryRow | undefined> {
    return this.#waiting(hook).selectAll().orderBy('seq').limit(1).executeTakeFirst();
  }

  /** How many wait for each webhook. */
  async waiting(): Promise<Map<string, number>> {
    const rows = await this.#db
      .selectFrom('webhook_deliveries')
      .select(({ fn }) => ['hook', fn.countAll().as('count')])
      .where('state', '=', 'waiting')
      .groupBy('hook')
      .execute();
    return new Map(rows.map(({ hook, count }) => [hook, Number(count)]));
  }

  /** Writes how the last attempt went, and what follows from it. */
  async tried(seq: number, { at, status, error, ms }: Attempt, state: DeliveryRow['state']): Promise<void> {
    await this.#db
      .updateTable('webhook_deliveries')
      .set(({ eb }) => ({
        state,
        attempts: eb('attempts', '+', 1),
        tried: at,
        status: status ?? null,
        error: error ?? null,
        ms,
      }))
      .where('seq', '=', seq)
      .execute();
  }

  /** Keeps a delivery that was not queued, as it went. */
  async keep(delivery: NewDelivery, { at, status, error, ms }: Attempt): Promise<void> {
    const row = {
      state: error === undefined ? 'sent' : 'dead',
      attempts: 1,
      tried: at,
      status: status ?? null,
    } as const;
    await this.#db
      .insertInto('webhook_deliveries')
      .values({ ...delivery, ...row, error: error ?? null, ms } as DeliveryRow)
      .execute();
  }

  /** Drops so many of those that wait, the oldest of the chat first; never the one that is being sent. Gives how many. */
  async drop(hook: string, count: number, sending: number | undefined): Promise<number> {
    const oldest = await this.#waiting(hook)
      .select('seq')
      .where('seq', '!=', sending ?? 0)
      .orderBy((eb) => eb.case().when('type', 'in', LESSER).then(0).else(1).end())
      .orderBy('seq')
      .limit(count)
      .execute();
    if (oldest.length === 0) return 0;
    await this.#db
      .deleteFrom('webhook_deliveries')
      .where(
        'seq',
        'in',
        oldest.map(({ seq }) => seq),
      )
      .execute();
    return oldest.length;
  }

  /** What a webhook was and is to be sent, the newest first; before one of them. */
  page(
    hook: string,
    { state, before, limit }: { state?: DeliveryRow['state'] | undefined; before?: number | undefined; limit: number },
  ): Promise<DeliveryRow[]> {
    let query = this.#db.selectFrom('webhook_deliveries').selectAll().where('hook', '=', hook);
    if (state !== undefined) query = query.where('state', '=', state);
    if (before !== undefined) query = query.where('seq', '<', before);
    return query.orderBy('seq', 'desc').limit(Math.min(limit, MAX_PAGE)).execute();
  }

  find(hook: string, seq: number): Promise<DeliveryRow | undefined> {
    return this.#db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('hook', '=', hook)
      .where('seq', '=', seq)
      .executeTakeFirst();
  }

  /** Forgets what was sent or put aside, but for the newest of each webhook. */
  async trim(hook: string, keep: number): Promise<void> {
    const over = await this.#db
      .selectFrom('webhook_deliveries')
      .select('seq')
      .where('hook', '=', hook)
      .where('state', '!=', 'waiting')
      .orderBy('seq', 'desc')
      .offset(keep)
      .limit(1)
      .executeTakeFirst();
    if (over === undefined) return;
    await this.#db
      .deleteFrom('webhook_deliveries')
      .where('hook', '=', hook)
      .where('state', '!=', 'waiting')
      .where('seq', '<=', over.seq)
      .execute();
  }

  /** Forgets what belongs to no webhook any more. */
  async tidy(): Promise<void> {
    await this.#db
      .deleteFrom('webhook_deliveries')
      .where('hook', 'not in', sql<string>`(SELECT id FROM webhooks)`)
      .execute();
  }

  #waiting(hook: string) {
    return this.#db.selectFrom('webhook_deliveries').where('hook', '=', hook).where('state', '=', 'waiting');
  }
}
