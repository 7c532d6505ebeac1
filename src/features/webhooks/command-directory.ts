import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { Busy, NotFound, RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Seal, Store } from '../../store/store.ts';
import { makeSecret, openSecret } from './hook-secret.ts';
import type { CommandRow, WebhookTables } from './webhook-tables.ts';

/** Of one room: as many as one answer to `/help` names. */
const MAX_COMMANDS = 50;
/** What means something else already. */
const RESERVED: ReadonlySet<string> = new Set(['me', 'help']);

/** A word behind a slash that another server answers. */
export interface Command {
  readonly id: string;
  /** Id of the room. */
  readonly room: string;
  readonly name: string;
  /** What it does, for those who ask. */
  readonly help: string;
  readonly url: string;
  /** Account of the bot that says the answers. */
  readonly bot?: string;
  /** ISO 8601 in UTC. */
  readonly created: string;
}

/** The commands of all rooms, in memory; the database is written first. */
export class CommandDirectory {
  readonly #db: Kysely<WebhookTables>;
  readonly #seal: Seal;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  /** Room → name → command. */
  readonly #rooms = new Map<string, Map<string, Command>>();
  readonly #secrets = new Map<string, Uint8Array>();

  private constructor(store: Store, scheduler: Pick<Scheduler, 'wall'>) {
    this.#db = store.db.withTables<WebhookTables>();
    this.#seal = store.seal;
    this.#scheduler = scheduler;
  }

  static async open(store: Store, scheduler: Pick<Scheduler, 'wall'>): Promise<CommandDirectory> {
    const directory = new CommandDirectory(store, scheduler);
    for (const row of await directory.#db.selectFrom('chat_commands').selectAll().orderBy('name').execute())
      directory.#put(row);
    return directory;
  }

  list(room: string): Command[] {
    return [...(this.#rooms.get(room)?.values() ?? [])];
  }

  find(room: string, name: string): Command | undefined {
    return this.#rooms.get(room)?.get(name);
  }

  secretOf({ id }: Command): string {
    return openSecret(this.#seal, this.#secrets.get(id)!);
  }

  /** The secret is shown this once. Throws `name-taken`, and `busy` where there are too many. */
  async create(
    given: Pick<Command, 'room' | 'name' | 'help' | 'url'> & { bot?: string | undefined },
  ): Promise<{ command: Command; secret: string }> {
    const { room, name } = given;
    if (RESERVED.has(name) || this.find(room, name))
      throw new RoomcastError('name-taken', `There is a command “/${name}” already.`);
    if (this.list(room).length >= MAX_COMMANDS) throw new Busy(`A room has at most ${MAX_COMMANDS} commands.`);
    const { secret, sealed } = makeSecret(this.#seal);
    const row: CommandRow = {
      ...given,
      id: `c_${randomBytes(9).toString('base64url')}`,
      secret: sealed,
      bot: given.bot ?? null,
      created: isoTime(this.#scheduler.wall()),
    };
    await this.#db.insertInto('chat_commands').values(row).execute();
    return { command: this.#put(row), secret };
  }

  /** Throws `not-found`. */
  async remove(room: string, name: string): Promise<Command> {
    const command = this.find(room, name);
    if (!command) throw new NotFound('There is no such command.');
    await this.#db.deleteFrom('chat_commands').where('id', '=', command.id).execute();
    this.#rooms.get(room)!.delete(name);
    this.#secrets.delete(command.id);
    return command;
  }

  #put({ secret, bot, ...row }: CommandRow): Command {
    const command: Command = { ...row, ...(bot === null ? {} : { bot }) };
    let of = this.#rooms.get(command.room);
    if (!of) this.#rooms.set(command.room, (of = new Map()));
    of.set(command.name, command);
    this.#secrets.set(command.id, secret);
    return command;
  }
}
