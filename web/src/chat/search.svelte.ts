import type { ChatMessage, Clock, OkMessage } from '../../../src/client/index.ts';

/** Who types is not asked for until they pause for so long. ms */
const PAUSE = 250;
/** Messages that come at once. */
const PAGE = 30;

/** The room, as far as it is searched. */
export interface Searched {
  ask(message: { type: 'search'; text: string; limit: number; before?: string }): Promise<OkMessage>;
}

/** Looks for a piece of text in what was said, while it is typed. */
export class Search {
  typed: string = $state('');
  /** The newest first; undefined before an answer. */
  found: readonly ChatMessage[] | undefined = $state.raw();
  /** What was looked for to find these. */
  wanted: string = $state('');
  more: boolean = $state(false);
  failure: unknown = $state.raw();
  readonly #room: Searched;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;
  /** Only the last question is answered. */
  #last = 0;

  constructor(room: Searched, clock: Clock) {
    this.#room = room;
    this.#clock = clock;
  }

  type(text: string): void {
    this.typed = text;
    this.close();
    if (text.trim() === '') {
      this.found = undefined;
      this.failure = undefined;
    } else this.#cancel = this.#clock.after(PAUSE, () => void this.#ask(text.trim()));
  }

  /** At once, as one does by Enter. */
  now(): void {
    this.close();
    if (this.typed.trim() !== '') void this.#ask(this.typed.trim());
  }

  /** Brings what was said before. */
  earlier(): void {
    void this.#ask(this.wanted, this.found ?? []);
  }

  close(): void {
    this.#last++;
    this.#cancel?.();
  }

  async #ask(text: string, known: readonly ChatMessage[] = []): Promise<void> {
    const question = ++this.#last;
    const before = known.at(-1)?.id;
    try {
      const asked = { type: 'search', text, limit: PAGE, ...(before === undefined ? {} : { before }) } as const;
      const { messages = [] } = await this.#room.ask(asked);
      if (question !== this.#last) return;
      this.found = [...known, ...messages];
      this.more = messages.length === PAGE;
      this.wanted = text;
      this.failure = undefined;
    } catch (error) {
      if (question === this.#last) this.failure = error;
    }
  }
}
