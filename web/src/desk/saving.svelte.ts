import type { App } from '../app.svelte.ts';
import { wordsFor } from '../error-words.ts';

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
      this.wrong[field] = await wordsFor(this.#app, error, words);
      return undefined;
    } finally {
      this.busy = undefined;
    }
  }
}
