import { Denied } from '../../errors.ts';
import type { ChatSettings, WordRule } from './chat-settings.ts';
import { type Span, WordFilter } from './word-filter.ts';

/** What looks like a link: an address with a scheme, or a name with an ending that is often seen. */
const LINK =
  /(?:\bhttps?:\/\/|\bwww\.)\S|[\p{L}\p{N}-]\.(?:com|net|org|io|tv|gg|me|cn|ru|de|uk|xyz|top|link|live|site|shop|info|app|dev)\b/iu;

/** Who says something, as far as rules have to know. */
export interface Speaker {
  /** Looks after the room: no rule is for them. */
  readonly trusted: boolean;
  readonly signedIn: boolean;
}

/** What becomes of a message: its text, and whether it waits until it is let through. */
export interface Verdict {
  readonly text: string;
  readonly held: boolean;
}

/** The rules of a room, made ready for many messages. */
export class MessageRules {
  readonly #links: ChatSettings['links'];
  readonly #words: readonly { action: WordRule['action']; filter: WordFilter }[];

  constructor({ links, words }: Pick<ChatSettings, 'links' | 'words'>) {
    this.#links = links;
    this.#words = words.map(({ word, action }) => ({ action, filter: new WordFilter(word) }));
  }

  /** Holds a text against the rules. Throws `not-allowed` with what is wrong with it. */
  judge(text: string, { trusted, signedIn }: Speaker): Verdict {
    if (trusted) return { text, held: false };
    const mayLink = this.#links === 'everyone' || (this.#links === 'signed-in' && signedIn);
    if (!mayLink && LINK.test(text))
      throw this.#links === 'signed-in'
        ? new Denied('not-allowed', 'Links are for those who have signed in.', { why: 'links-signed-in' })
        : new Denied('not-allowed', 'Links are not allowed in this room.', { why: 'links' });
    const characters = [...text];
    const hidden: Span[] = [];
    let held = false;
    for (const { action, filter } of this.#words) {
      const found = filter.find(characters);
      if (found.length === 0) continue;
      if (action === 'block')
        throw new Denied('not-allowed', 'This room does not allow one of these words.', { why: 'word' });
      if (action === 'hold') held = true;
      else hidden.push(...found);
    }
    for (const [begin, end] of hidden) characters.fill('*', begin, end);
    return { text: characters.join(''), held };
  }
}
