import { ApiError } from '../../../src/client/index.ts';
import type { App } from '../app.svelte.ts';

/** How long “Saved” stands beside a field. ms */
const SAID = 4000;

/** Fields that are saved one by one: which is on its way, which was saved just now, and what is wrong with which. */
export class Saving<Field extends string> {
  busy: Field | undefined = $state();
  saved: Field | undefined = $state();
  /** What is wrong, in words, by field. */
  wrong: Partial<Record<Field, string>> = $state({});
  readonly #app: App;
  #cancel: (() => void) | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Says at once what is wrong with a field, or nothing. True where nothing is. */
  check(field: Field, wrong: string | undefined): boolean {
    this.wrong[field] = wrong ?? '';
    if (this.saved === field) this.saved = undefined;
    return wrong === undefined;
  }

  /** Does it, and says so beside the field. Undefined where it failed. `words` are for some errors of this one. */
  async run<T>(
    field: Field,
    act: () => Promise<T>,
    words: Readonly<Record<string, string>> = {},
  ): Promise<T | undefined> {
    this.busy = field;
    this.saved = undefined;
    try {
      const done = await this.#app.account.sure(act);
      this.wrong[field] = '';
      this.saved = field;
      this.#cancel?.();
      this.#cancel = this.#app.clock.after(SAID, () => (this.saved = undefined));
      return done;
    } catch (error) {
      this.wrong[field] = wordsFor(this.#app, error, words);
      return undefined;
    } finally {
      this.busy = undefined;
    }
  }
}

/** What a server says of a value itself; for the rest the page has words in two languages. */
const OWN_WORDS: ReadonlySet<string> = new Set(['bad-request', 'limit-exceeded']);

/** An error as a sentence. */
export function wordsFor(app: App, error: unknown, words: Readonly<Record<string, string>> = {}): string {
  const { code, message } = error instanceof ApiError ? error : { code: 'internal', message: '' };
  const known: Readonly<Record<string, string>> = app.t.errors;
  return words[code] ?? (OWN_WORDS.has(code) && message !== '' ? message : (known[code] ?? app.t.errors.internal));
}
