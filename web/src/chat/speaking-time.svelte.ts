import type { Clock } from '../../../src/client/index.ts';
import { everySecond } from '../room/every-second.svelte.ts';
import type { ChatStore } from './chat.svelte.ts';

/** Whole seconds until one may speak again, while a component is there that shows them. */
export class SpeakingTime {
  readonly #chat: ChatStore;
  readonly #clock: Clock;
  readonly #time: ReturnType<typeof everySecond>;

  constructor(chat: ChatStore, clock: Clock) {
    this.#chat = chat;
    this.#clock = clock;
    this.#time = everySecond(clock);
  }

  /** In a slow room. */
  get slow(): number {
    return this.#until(this.#chat.quietUntil);
  }

  /** As one who was asked to be silent. */
  get silent(): number {
    return this.#until(this.#chat.silentUntil);
  }

  #until(moment: number): number {
    void this.#time.wall;
    return Math.max(0, Math.ceil((moment - this.#clock.now()) / 1000));
  }
}
