import type { Kysely } from 'kysely';
import type { ChatMessage } from '../../client/messages.ts';
import { NotFound } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Store } from '../../store/store.ts';
import type { ChatLog } from './chat-log.ts';
import type { ChatTables } from './chat-tables.ts';

interface Pin {
  /** Id of the message. */
  readonly id: string;
  /** Once it was read. */
  message?: ChatMessage;
}

/** The message that stands above each chat. */
export class ChatPins {
  readonly #log: ChatLog;
  readonly #scheduler: Pick<Scheduler, 'wall'>;
  /** Room → pin. */
  readonly #pins = new Map<string, Pin>();

  private constructor(log: ChatLog, scheduler: Pick<Scheduler, 'wall'>) {
    this.#log = log;
    this.#scheduler = scheduler;
  }

  static async open(
    store: Pick<Store, 'db'>,
    { log, scheduler }: { log: ChatLog; scheduler: Pick<Scheduler, 'wall'> },
  ): Promise<ChatPins> {
    const pins = new ChatPins(log, scheduler);
    const db: Kysely<ChatTables> = store.db.withTables<ChatTables>();
    for (const { room, message } of await db.selectFrom('chat_pins').select(['room', 'message']).execute())
      pins.#pins.set(room, { id: message });
    return pins;
  }

  /** Gets ready what `now` tells of a room. */
  async load(room: string): Promise<void> {
    const pin = this.#pins.get(room);
    if (!pin || pin.message) return;
    const row = await this.#log.row(room, pin.id);
    if (row?.state === 'said') pin.message ??= await this.#log.message(row);
  }

  /** The message that stands above a chat, as it is now. */
  now(room: string): ChatMessage | undefined {
    return this.#pins.get(room)?.message;
  }

  /** Puts a message above a chat, in place of another. Throws `not-found` for one that is taken away meanwhile. */
  async pin(room: string, message: ChatMessage, by: string): Promise<void> {
    this.#pins.set(room, { id: message.id, message });
    const columns = { message: message.id, by, at: isoTime(this.#scheduler.wall()) };
    await this.#log.write(async (transaction) => {
      const query = transaction.insertInto('chat_pins').values({ room, ...columns });
      await query.onConflict((conflict) => conflict.column('room').doUpdateSet(columns)).execute();
    });
    if ((await this.#log.row(room, message.id))?.state === 'said') return;
    await this.unpin(room);
    throw new NotFound('There is no such message.');
  }

  /** Takes away what stands above a chat. False when nothing does. */
  async unpin(room: string): Promise<boolean> {
    if (!this.#pins.delete(room)) return false;
    await this.#log.write(
      async (transaction) => void (await transaction.deleteFrom('chat_pins').where('room', '=', room).execute()),
    );
    return true;
  }

  /** A message has changed. True for the one that stands above a chat and was taken away: `unpin` it. */
  changed(room: string, message: ChatMessage): boolean {
    const pin = this.#pins.get(room);
    if (pin?.id !== message.id) return false;
    if (!message.deleted) pin.message = message;
    return message.deleted === true;
  }
}
