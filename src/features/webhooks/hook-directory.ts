import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { Busy, NotFound } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Seal, Store } from '../../store/store.ts';
import { type Decision, defaultHook, type Hook, type HookChange, type HookEvent, type HookSettings } from './hook.ts';
import { makeSecret, openSecrets, rotated, type SealedSecrets } from './hook-secret.ts';
import type { HookRow, WebhookTables } from './webhook-tables.ts';

/** Of one room, and of the server: each is sent everything that it wants. */
const MAX_HOOKS = 20;

/** Every webhook. All are in memory, because every message of a chat asks for them; the database is written first. */
export class HookDirectory {
  readonly #db: Kysely<WebhookTables>;
  readonly #seal: Seal;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #hooks = new Map<string, Hook>();
  readonly #secrets = new Map<string, SealedSecrets>();
  /** Room, or '' of all → its webhooks. */
  readonly #of = new Map<string, Set<string>>();

  private constructor(store: Store, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<WebhookTables>();
    this.#seal = store.seal;
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Pick<Scheduler, 'wall'>): Promise<HookDirectory> {
    const directory = new HookDirectory(store, scheduler);
    for (const row of await directory.#db.selectFrom('webhooks').selectAll().orderBy('created').execute())
      directory.#put(row);
    return directory;
  }

  /** Those of one room, or of the server, the oldest first. */
  list(room: string | undefined): Hook[] {
    return [...(this.#of.get(room ?? '') ?? [])].map((id) => this.#hooks.get(id)!);
  }

  all(): Iterable<Hook> {
    return this.#hooks.values();
  }

  find(id: string): Hook | undefined {
    return this.#hooks.get(id);
  }

  /** Throws `not-found`, also for one of another room. */
  get(room: string | undefined, id: string): Hook {
    const hook = this.#hooks.get(id);
    if (!hook || hook.room !== room) throw new NotFound('There is no such webhook.');
    return hook;
  }

  /** Those that are to be told of what happens in a room. */
  wanting(event: HookEvent, room: string): Hook[] {
    return this.#concerned(room).filter(({ events }) => events.includes(event));
  }

  /** Those that have a say in what somebody does in a room. */
  deciding(what: Decision, room: string): Hook[] {
    return this.#concerned(room).filter(({ decides }) => decides.includes(what));
  }

  /** What it signs by now, the newest first. Throws `store-failed` where the secret of the data folder is another one. */
  secretsOf(id: string): string[] {
    return openSecrets(this.#seal, this.#secrets.get(id)!, this.#scheduler.wall());
  }

  /** The secret is shown this once. Throws `busy` where there are too many. */
  async create(room: string | undefined, given: HookChange & { url: string }): Promise<{ hook: Hook; secret: string }> {
    if (this.list(room).length >= MAX_HOOKS) throw new Busy(`There are ${MAX_HOOKS} webhooks; take one away first.`);
    const { secret, sealed } = makeSecret(this.#seal);
    const { url, enabled = true, ...settings } = given;
    const row: HookRow = {
      id: `h_${randomBytes(9).toString('base64url')}`,
      room: room ?? null,
      url,
      secret: sealed,
      secret_before: null,
      secret_before_ends: null,
      settings: JSON.stringify({ ...defaultHook, ...settings }),
      enabled: enabled ? 1 : 0,
      created: isoTime(this.#scheduler.wall()),
    };
    await this.#db.insertInto('webhooks').values(row).execute();
    return { hook: this.#put(row), secret };
  }

  async change(hook: Hook, change: HookChange): Promise<Hook> {
    const after: Hook = { ...hook, ...change };
    const { url, enabled, events, decides, fail, milestones } = after;
    const settings = JSON.stringify({ events, decides, fail, milestones } satisfies HookSettings);
    await this.#db
      .updateTable('webhooks')
      .set({ url, enabled: enabled ? 1 : 0, settings })
      .where('id', '=', hook.id)
      .execute();
    this.#hooks.set(hook.id, after);
    return after;
  }

  /** Another secret, shown this once, and the time in ISO 8601 until which the one before signs beside it. */
  async rotate({ id }: Hook): Promise<{ secret: string; previousUntil: string }> {
    const { secret, sealed } = makeSecret(this.#seal);
    const secrets = rotated(this.#secrets.get(id)!, sealed, this.#scheduler.wall());
    const previousUntil = isoTime(secrets.before.ends);
    await this.#db
      .updateTable('webhooks')
      .set({ secret: sealed, secret_before: secrets.before.sealed, secret_before_ends: previousUntil })
      .where('id', '=', id)
      .execute();
    this.#secrets.set(id, secrets);
    return { secret, previousUntil };
  }

  async remove({ id, room }: Hook): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('webhooks').where('id', '=', id).execute();
      await transaction.deleteFrom('webhook_deliveries').where('hook', '=', id).execute();
    });
    this.#hooks.delete(id);
    this.#secrets.delete(id);
    this.#of.get(room ?? '')?.delete(id);
  }

  #concerned(room: string): Hook[] {
    if (this.#hooks.size === 0) return [];
    return [...this.list(undefined), ...this.list(room)].filter(({ enabled }) => enabled);
  }

  #put(row: HookRow): Hook {
    const { id, room, url, settings, enabled, created } = row;
    const known = { ...defaultHook, ...(JSON.parse(settings) as Partial<HookSettings>) };
    const hook: Hook = { id, ...(room === null ? {} : { room }), url, ...known, enabled: enabled === 1, created };
    this.#hooks.set(id, hook);
    this.#secrets.set(id, secretsIn(row));
    const of = this.#of.get(room ?? '');
    if (of) of.add(id);
    else this.#of.set(room ?? '', new Set([id]));
    return hook;
  }
}

function secretsIn({ secret, secret_before: before, secret_before_ends: ends }: HookRow): SealedSecrets {
  if (before === null || ends === null) return { sealed: secret };
  return { sealed: secret, before: { sealed: before, ends: Date.parse(ends) } };
}
