/** What is being completed: the letters behind an `@` before the cursor. */
export interface Completion {
  from: number;
  typed: string;
}

/** Names that are offered at once. */
const OFFERED = 6;
/** Letters of a name that is still being typed. */
const NAME = /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{M}\p{N}_.-]{0,32})$/u;

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The name that is being typed before the cursor. */
export function completionAt(text: string, cursor: number): Completion | undefined {
  const typed = NAME.exec(text.slice(0, cursor))?.[1];
  return typed === undefined ? undefined : { from: cursor - typed.length, typed };
}

/** Names that begin with what was typed; who spoke last comes first. `names`: the latest last. */
export function namesFor({ typed }: Completion, names: readonly string[], mine: string | undefined): string[] {
  const begin = typed.toLowerCase();
  // There is nothing to complete: the Enter key is for sending.
  if (names.some((name) => name.toLowerCase() === begin)) return [];
  const found = names.filter((name) => name !== mine && name.toLowerCase().startsWith(begin));
  return found.toReversed().slice(0, OFFERED);
}

/** Characters of a message as people count them. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _character of characters.segment(text.trim().replace(/^\/me\s/, ''))) length++;
  return length;
}
