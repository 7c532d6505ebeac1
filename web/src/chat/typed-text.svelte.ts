import { completionAt, namesFor } from './typing.ts';

/** Those who can be named. */
interface People {
  /** Names that were seen, the latest last. */
  names: () => readonly string[];
  mine: () => string | undefined;
}

/** What is being typed in the field of the chat, and the names that would complete it. */
export class TypedText {
  text: string = $state('');
  /** The name of those that are offered which the keys have come to. */
  chosen: number = $state(0);
  /** Where it is typed, while that is there. */
  field: HTMLTextAreaElement | undefined = $state.raw();
  readonly #people: People;
  #cursor: number = $state(0);
  #dismissed: boolean = $state(false);

  constructor(people: People) {
    this.#people = people;
  }

  /** Names that complete what stands before the cursor. */
  get offered(): readonly string[] {
    const completion = completionAt(this.text, this.#cursor);
    if (!completion || this.#dismissed) return [];
    return namesFor(completion, this.#people.names(), this.#people.mine());
  }

  /** Somebody has typed. */
  typed(): void {
    if (!this.field) return;
    this.text = this.field.value;
    this.moved();
    this.#dismissed = false;
    this.chosen = 0;
  }

  /** The cursor is elsewhere. */
  moved(): void {
    this.#cursor = this.field?.selectionStart ?? 0;
  }

  /** Has another text stand in the field, with the cursor behind it. */
  replace(text: string): void {
    this.text = text;
    this.#cursor = text.length;
    if (!this.field) return;
    this.field.value = text;
    this.field.setSelectionRange(text.length, text.length);
  }

  /** Writes something at the cursor, in place of what stands behind `from`. */
  insert(words: string, from?: number): void {
    const { field } = this;
    if (!field) return;
    field.setRangeText(words, from ?? field.selectionStart, field.selectionStart, 'end');
    this.typed();
    field.focus();
  }

  complete(name: string): void {
    const completion = completionAt(this.text, this.#cursor);
    if (completion) this.insert(`${name} `, completion.from);
  }

  /** Writes somebody’s name behind all that was typed. */
  mention(name: string): void {
    const { field } = this;
    if (!field) return;
    field.setSelectionRange(field.value.length, field.value.length);
    this.insert(`${/\S$/.test(field.value) ? ' ' : ''}@${name} `);
  }

  /** A key that is for the names that are offered. False for all others. */
  takes(key: string): boolean {
    const { offered } = this;
    if (offered.length === 0) return false;
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) this.chosen = (this.chosen + step + offered.length) % offered.length;
    else if (key === 'Enter' || key === 'Tab') this.complete(offered[this.chosen]!);
    else if (key === 'Escape') this.#dismissed = true;
    else return false;
    return true;
  }
}
