import { Denied } from '../../errors.ts';
import type { Identity, Remote, RoomRole } from '../../live/access.ts';
import type { ChatLog } from './chat-log.ts';
import { MAX_PAGE } from './chat-log.ts';
import { mentionsOf } from './mentions.ts';
import { RecentSpeakers } from './recent-speakers.ts';

/** People whose first message is remembered not to be their next. */
const MAX_SPEAKERS = 20_000;

/** Somebody who speaks, over whichever protocol. */
export interface Author {
  readonly identity: Identity | undefined;
  readonly role: RoomRole;
  /** Where they sit: guests are many as soon as they like. */
  readonly remote: Remote;
}

export interface ChatSpeakersOptions {
  /** The room's id. */
  room: string;
  log: Pick<ChatLog, 'knows' | 'page'>;
  /** May guests write, only read, or nothing? */
  guests(): 'write' | 'read' | 'off';
  /** Until when somebody is to be silent, as ISO 8601. */
  silentUntil(who: string): string | undefined;
  /** The account of a name. */
  accountNamed(name: string): string | undefined;
}

/** Who may read and speak in one room, and who has spoken. */
export class ChatSpeakers {
  readonly #options: ChatSpeakersOptions;
  readonly #spoken = new Set<string>();
  #recent: Promise<RecentSpeakers> | undefined;

  constructor(options: ChatSpeakersOptions) {
    this.#options = options;
  }

  /** Throws `denied`, `sign-in` for those who may not even read. */
  checkReading({ role }: Author): void {
    if (role === 'banned') throw new Denied();
    if (role === 'guest' && this.#options.guests() === 'off')
      throw new Denied('sign-in', 'The chat of this room is for those who have signed in.');
  }

  /** Who it is that speaks. Throws what keeps them from speaking. */
  speaker(author: Author): { id: string; name: string } {
    this.checkReading(author);
    const { guests, silentUntil } = this.#options;
    if (author.role === 'guest' && guests() !== 'write')
      throw new Denied('sign-in', 'In this room those write who have signed in.');
    const { id, name } = this.known(author);
    if (name === undefined) throw new Denied('name-needed');
    const until = silentUntil(id);
    if (until !== undefined) throw new Denied('timed-out', `You can write again at ${until}.`);
    return { id, name };
  }

  /** Who it is. Throws `name-needed` for nobody in particular. */
  known({ identity }: Author): Identity {
    if (!identity) throw new Denied('name-needed');
    return identity;
  }

  /** Whom a text names, as it is kept; and its author is known from now on. */
  async mentions(text: string, author: { id: string; name: string }): Promise<string | null> {
    const speakers = await (this.#recent ??= this.#recentSpeakers());
    speakers.add(author);
    const { accountNamed } = this.#options;
    const ids = mentionsOf(text, (name) => accountNamed(name) ?? speakers.idOf(name));
    return ids.length > 0 ? JSON.stringify(ids) : null;
  }

  /** Whether somebody has spoken here before; from now on they have. */
  async knows(who: string): Promise<boolean> {
    const { log, room } = this.#options;
    if (this.#spoken.has(who)) return true;
    const known = await log.knows(room, who);
    if (this.#spoken.size >= MAX_SPEAKERS) this.#spoken.clear();
    this.#spoken.add(who);
    return known;
  }

  /** What they said was not kept: the next is their first still. */
  forget(who: string): void {
    this.#spoken.delete(who);
  }

  async #recentSpeakers(): Promise<RecentSpeakers> {
    const speakers = new RecentSpeakers();
    const said = await this.#options.log.page(this.#options.room, { limit: MAX_PAGE, held: false });
    for (const { kind, user } of said) if (kind !== 'system') speakers.add(user);
    return speakers;
  }
}
