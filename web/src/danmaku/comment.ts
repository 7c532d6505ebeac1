import type { ChatMessage, Danmaku, DanmakuColor } from '../../../src/client/index.ts';

/** How a comment goes: across the picture, or for a while at the top or at the bottom of it. */
export type Mode = Danmaku['mode'];

/** Something that flies over the picture. */
export interface Comment {
  /** That of the message. */
  id: string;
  text: string;
  mode: Mode;
  color: DanmakuColor;
  /** The viewer has written it. */
  own: boolean;
}

/** Longer texts are read in the chat: more than this does not go past in a few seconds. letters */
const MAX_LETTERS = 100;

/** The comment of a message; nothing where it does not fly. `me`: the viewer's id. */
export function commentOf(message: ChatMessage, me: string | undefined): Comment | undefined {
  const { id, user, danmaku, deleted, held } = message;
  const text = lineOf(message.text);
  if (!danmaku || deleted || held || text === '') return undefined;
  return { id, text, mode: danmaku.mode, color: danmaku.color, own: user.id === me };
}

/** A message that was pushed is no change of one that was seen before: it was said just now, or let through. */
export function isNew({ id, rev, released }: ChatMessage): boolean {
  return rev === id || released === true;
}

/** A text as one line, cut where it is too long to be read in flight. */
export function lineOf(text: string): string {
  const letters = Array.from(text.replace(/\s+/gu, ' ').trim());
  return letters.length > MAX_LETTERS ? `${letters.slice(0, MAX_LETTERS - 1).join('')}…` : letters.join('');
}
