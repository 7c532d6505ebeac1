import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { Busy, NotFound } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Seal, Store } from '../../store/store.ts';
import { type Decision, defaultHook, type Hook, type HookChange, type HookEvent, type HookSettings } from './hook.ts';
import { makeSecret, openSecret } from './hook-secret.ts';
import type { HookRow, WebhookTables } from './webhook-tables.ts';

/** Of one room, and of the server: each is sent everything that it wants. */
const MAX_HOOKS = 20;

/** Every webhook. All are in memory, because every message of a chat asks for them; the database is written first. */
export class HookDirectory {
  readonly #db: Kysely<WebhookTables>;
  readonly #seal: Seal;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  readonly #hooks = new Map<string, Hook>();
  readonly #secrets = new Map<string, Uint8Array>();
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

  /** Throws `store-failed` where the secret of the data folder is another one. */
  secretOf(id: string): string {
    return openSecret(this.#seal, this.#secrets.get(id)!);
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

  /** Another secret, shown this once; the old one signs nothing from now on. */
  async rotate({ id }: Hook): Promise<string> {
    const { secret, sealed } = makeSecret(this.#seal);
    await this.#db.updateTable('webhooks').set({ secret: sealed }).where('id', '=', id).execute();
    this.#secrets.set(id, sealed);
    return secret;
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

  #put({ id, room, url, secret, settings, enabled, created }: HookRow): Hook {
    const known = { ...defaultHook, ...(JSON.parse(settings) as Partial<HookSettings>) };
    const hook: Hook = { id, ...(room === null ? {} : { room }), url, ...known, enabled: enabled === 1, created };
    this.#hooks.set(id, hook);
    this.#secrets.set(id, secret);
    const of = this.#of.get(room ?? '');
    if (of) of.add(id);
    else this.#of.set(room ?? '', new Set([id]));
    return hook;
  }
}
