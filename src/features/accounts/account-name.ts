import { type ErrorReason, RoomcastError } from '../../errors.ts';
import { countGraphemes } from '../../io/graphemes.ts';

/** Longest name, in characters as people count them. */
const MAX_NAME = 32;
/** Longest text that is looked at: a character may be made of several code points. */
const MAX_TEXT = 128;
/** Letters with their marks and digits of any script; within a name also what joins words. */
const FORM = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*$/u;
/** More marks on one letter than any script has climb over other lines. */
const PILED = /\p{M}{4}/u;
/** Scripts whose letters look alike. A name has letters of one of them at most. */
const ALIKE: readonly RegExp[] = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
/** Names that people would take for somebody else. */
const RESERVED: ReadonlySet<string> = new Set([
  ...[
    'admin',
    'administrator',
    'moderator',
    'mod',
    'owner',
    'system',
    'server',
    'roomcast',
    'guest',
    'everyone',
    'all',
    'here',
  ],
  ...['管理员', '系统', '房主', '主播', '版主'],
]);

/** A name as it is kept and shown, and what it is compared by. */
export interface AccountName {
  readonly shown: string;
  /** Equal for names that differ only in case or in how their characters are made (UAX #15, NFKC). */
  readonly key: string;
}

/** Reads a name that somebody chose. Throws `bad-request` with what is wrong with it. */
export function readName(text: string): AccountName {
  const shown = text.slice(0, MAX_TEXT + 1).normalize('NFKC');
  const refuse = (reason: ErrorReason, words: string): never => {
    const detail = { why: reason, ...(reason === 'name-long' && { limit: MAX_NAME }) };
    throw new RoomcastError('bad-request', `This name cannot be used: ${words}.`, { detail });
  };
  if (shown === '') refuse('name-empty', 'it is empty');
  if (text.length > MAX_TEXT || countGraphemes(shown, MAX_NAME) > MAX_NAME)
    refuse('name-long', `it has more than ${MAX_NAME} characters`);
  if (PILED.test(shown)) refuse('name-marks', 'it has too many marks on one letter');
  if (!FORM.test(shown))
    refuse('name-form', 'it may have letters, digits and _ . - in it, and begins with a letter or digit');
  if (ALIKE.filter((script) => script.test(shown)).length > 1)
    refuse('name-mixed', 'it mixes letters of scripts that look alike');
  const key = keyOf(shown);
  if (RESERVED.has(key)) refuse('name-reserved', 'people would take it for somebody else');
  return { shown, key };
}

/** What a name that somebody typed is looked up by; it need not be one that can be chosen. */
export function keyOf(text: string): string {
  return text.slice(0, MAX_TEXT).normalize('NFKC').toLowerCase().normalize('NFKC');
}
