import { getContext, setContext } from 'svelte';
import { type Client, type Clock, createClient, systemClock } from '../../src/client/index.ts';
import { AccountStore } from './account/account.svelte.ts';
import type { Lang } from './format/units.ts';
import type { Messages } from './messages/en.ts';
import { loadMessages } from './messages/load.ts';
import { browserMeans, copyText } from './settings/clipboard.ts';
import { Settings } from './settings/settings.svelte.ts';

/** How long a toast stays. ms */
const TOAST = 2400;
/** A sentence needs longer than a word. ms a letter */
const TOAST_LETTER = 60;

/** How long something can be undone. ms */
const UNDO = 6000;

/** What must be there before anything is shown. */
export interface Start {
  settings: Settings;
  words: Messages;
}

export async function prepare(): Promise<Start> {
  const settings = new Settings();
  return { settings, words: await loadMessages(settings.lang) };
}

/** What every part of the page shares. Made once by the entry. */
export class App {
  readonly settings: Settings;
  /** The words of the chosen language. */
  t: Messages = $state.raw()!;
  readonly clock: Clock = systemClock;
  readonly base: string = location.origin;
  readonly client: Client = createClient({ base: location.origin });
  readonly account: AccountStore = new AccountStore(this.client);
  toast: { text: string; undo?: { label: string; run: () => void } } | undefined = $state.raw();
  #cancel: (() => void) | undefined;

  constructor({ settings, words }: Start) {
    this.settings = settings;
    this.t = words;
  }

  /** Shows the page in another language from now on. */
  async speak(lang: Lang): Promise<void> {
    try {
      this.t = await loadMessages(lang);
    } catch {
      this.say(this.t.errors.unreachable);
      return;
    }
    this.settings.setLang(lang);
  }

  /** Says one short thing, one at a time. */
  say(text: string): void {
    this.#cancel?.();
    this.toast = { text };
    this.#cancel = this.clock.after(Math.max(TOAST, text.length * TOAST_LETTER), () => (this.toast = undefined));
  }

  /** Says what was done, and lets it be undone for a while. */
  offerUndo(text: string, run: () => void): void {
    this.#cancel?.();
    const undone = (): void => {
      this.toast = undefined;
      run();
    };
    this.toast = { text, undo: { label: this.t.undo, run: undone } };
    this.#cancel = this.clock.after(UNDO, () => (this.toast = undefined));
  }

  /** What can be undone stays while it is pointed at or has the focus, and for its time after that. */
  holdToast(held: boolean): void {
    if (!this.toast?.undo) return;
    this.#cancel?.();
    this.#cancel = held ? undefined : this.clock.after(UNDO, () => (this.toast = undefined));
  }

  async copy(text: string): Promise<void> {
    const done = await copyText(text, browserMeans());
    this.say(done ? this.t.copied : this.t.notCopied);
  }

  /** Says what went wrong, as the server or anything else threw it. */
  sayError(error: unknown): void {
    void this.#sayWords(error);
  }

  async #sayWords(error: unknown): Promise<void> {
    try {
      const { wordsFor } = await import('./error-words.ts');
      this.say(await wordsFor(this, error));
    } catch {
      this.say(this.t.errors.unreachable);
    }
  }
}

const key = Symbol('app');

export function provideApp(start: Start): App {
  return setContext(key, new App(start));
}

export function useApp(): App {
  return getContext<App>(key);
}
