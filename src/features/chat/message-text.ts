import { RoomcastError } from '../../errors.ts';
import { countGraphemes } from '../../io/graphemes.ts';

/** What is not seen and changes how the rest is read: controls, directions that reach beyond the message, letters without width. */
const UNSEEN = /[\p{Cc}\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/gu;
/** More marks on one letter than any script has climb over other lines. */
const MARKS = /(\p{M}{4})\p{M}+/gu;

/** What somebody said, as it is kept and shown. */
export interface MessageText {
  readonly kind: 'say' | 'me';
  readonly text: string;
}

/**
 * Reads what somebody typed: one line, in composed letters, without what is not seen. Throws `bad-request` for nothing, and
 * `too-large` for more than so many characters as people count them.
 */
export function readMessageText(typed: string, most: number): MessageText {
  const line = typed
    .toWellFormed()
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(UNSEEN, '')
    .normalize('NFC');
  const isMe = /^\/me\s/.test(line);
  const text = (isMe ? line.slice(4) : line).replaceAll(MARKS, '$1').trim();
  if (text === '' || !/[\p{L}\p{N}\p{P}\p{S}]/u.test(text))
    throw new RoomcastError('bad-request', 'There is nothing in this message.', { detail: { why: 'empty' } });
  // A character has one unit of code at least.
  if (text.length > most && countGraphemes(text, most) > most)
    throw new RoomcastError('too-large', `A message has at most ${most} characters.`);
  return { kind: isMe ? 'me' : 'say', text };
}
