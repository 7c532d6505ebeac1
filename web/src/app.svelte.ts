import { getContext, setContext } from 'svelte';
import { type Client, type Clock, createClient, systemClock } from '../../src/client/index.ts';
import { en, type Messages } from './messages/en.ts';
import { zh } from './messages/zh.ts';
import { browserMeans, copyText } from './settings/clipboard.ts';
import { Settings } from './settings/settings.svelte.ts';

/** How long a toast stays. ms */
const TOAST = 2400;
/** A sentence needs longer than a word. ms a letter */
const TOAST_LETTER = 60;

/** What every part of the page shares. Made once by the entry. */
export class App {
  readonly settings: Settings = new Settings();
  readonly clock: Clock = systemClock;
  readonly base: string = location.origin;
  readonly client: Client = createClient({ base: location.origin });
  toast: { text: string } | undefined = $state.raw();
  #cancel: (() => void) | undefined;

  /** The words of the chosen language. */
  get t(): Messages {
    return this.settings.lang === 'zh' ? zh : en;
  }

  /** Says one short thing, one at a time. */
  say(text: string): void {
    this.#cancel?.();
    this.toast = { text };
    this.#cancel = this.clock.after(Math.max(TOAST, text.length * TOAST_LETTER), () => (this.toast = undefined));
  }

  async copy(text: string): Promise<void> {
    const done = await copyText(text, browserMeans());
    this.say(done ? this.t.copied : this.t.notCopied);
  }

  /** The words for an error of the server, or of anything else that was thrown. */
  sayError(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'internal';
    const words: Record<string, string> = this.t.errors;
    this.say(words[code] ?? this.t.errors.internal);
  }
}

const key = Symbol('app');

export function provideApp(): App {
  return setContext(key, new App());
}

export function useApp(): App {
  return getContext<App>(key);
}
