/** What an owner allows in the chat of a room. */
export interface ChatSettings {
  /** Seconds between two messages of one person; 0 is none. Those who look after the room are exempt. */
  readonly slow: number;
  /** Who may send links. */
  readonly links: 'everyone' | 'signed-in' | 'moderators';
  /** What a message with a word brings. */
  readonly words: readonly WordRule[];
  /** The first message of somebody waits until it is let through. */
  readonly holdFirst: boolean;
  /** Comments may fly over the picture. */
  readonly danmaku: boolean;
}

/** A word, or a piece of one, and what becomes of a message that has it. */
export interface WordRule {
  readonly word: string;
  /** `block`: its author is told; `hold`: it waits until it is let through; `hide`: the word becomes stars. */
  readonly action: 'block' | 'hold' | 'hide';
}

/** The rules of a room that has set none. */
export const defaultSettings: ChatSettings = { slow: 0, links: 'everyone', words: [], holdFirst: false, danmaku: true };

/** Most rules of one room. */
const MAX_WORDS = 500;

/** What can be changed, as JSON schemas. */
export const settingsFields: { readonly [name: string]: object } = {
  slow: { type: 'integer', minimum: 0, maximum: 3600 },
  links: { enum: ['everyone', 'signed-in', 'moderators'] },
  words: {
    type: 'array',
    maxItems: MAX_WORDS,
    items: {
      type: 'object',
      required: ['word', 'action'],
      additionalProperties: false,
      properties: {
        word: { type: 'string', minLength: 2, maxLength: 60 },
        action: { enum: ['block', 'hold', 'hide'] },
      },
    },
  },
  holdFirst: { type: 'boolean' },
  danmaku: { type: 'boolean' },
};
