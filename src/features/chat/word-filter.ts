/** Letters that stand for others in words that somebody hides. */
const ALIKE: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' },
  ...{ '@': 'a', $: 's', '!': 'i', '|': 'i' },
};
/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const LETTER = /[\p{L}\p{N}]/u;

/** Where a word stands in a text: characters from one index up to another. */
export type Span = readonly [begin: number, end: number];

/**
 * Finds a word in texts, whatever its case and accents, and with digits and signs in place of letters. It is a word of its
 * own, unless `*` at one of its ends stands for the rest of another: `spam*`, `*spam*`.
 */
export class WordFilter {
  readonly #letters: readonly string[];
  readonly #openBefore: boolean;
  readonly #openBehind: boolean;

  constructor(word: string) {
    const core = word.replaceAll(/^\*+|\*+$/g, '');
    const characters = [...core];
    this.#letters = characters.map(fold);
    this.#openBefore = word.startsWith('*') || UNSPACED.test(characters[0] ?? '');
    this.#openBehind = word.endsWith('*') || UNSPACED.test(characters.at(-1) ?? '');
  }

  /** Everywhere that it stands, in characters. */
  find(text: readonly string[]): Span[] {
    const { length } = this.#letters;
    const found: Span[] = [];
    if (length === 0) return found;
    for (let begin = 0; begin + length <= text.length; begin++) {
      const end = begin + length;
      if (!this.#letters.every((letter, index) => fold(text[begin + index]!) === letter)) continue;
      if (!this.#openBefore && LETTER.test(text[begin - 1] ?? '')) continue;
      if (!this.#openBehind && LETTER.test(text[end] ?? '')) continue;
      found.push([begin, end]);
      begin = end - 1;
    }
    return found;
  }
}

/** A character as words are compared by. */
function fold(character: string): string {
  const letter = character.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return ALIKE[letter] ?? letter;
}
