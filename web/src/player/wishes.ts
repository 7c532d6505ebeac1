import type { Settings } from '../settings/settings.svelte.ts';
import type { ChoicesOf } from './choices.ts';
import type { Joiner } from './joiner.ts';
import type { Selection } from './selection.svelte.ts';
import type { WayChoice } from './way-choice.svelte.ts';
import type { Way } from './ways.ts';

export interface WishesOptions {
  settings: Settings;
  selection: Selection;
  choice: WayChoice;
  joiner: Joiner;
  /** Has the connection bring what is wanted now. */
  choose: () => void;
}

/** What the viewer wants of all that there is to be played. It is remembered, and the connection follows. */
export class Wishes {
  readonly #options: WishesOptions;
  /** More was wanted than the first picture and the first sound. */
  #wantsMore = false;

  constructor(options: WishesOptions) {
    this.#options = options;
  }

  /** What there is to choose from. Only a playlist tells of more than the first of each kind. */
  get choices(): ChoicesOf {
    const { choice, selection } = this.#options;
    return choice.possible.includes('hls') ? selection.choices : selection.offered;
  }

  /** From now on rather this way; undefined: whichever is best. */
  useWay(way: Way | undefined): void {
    this.#options.settings.setWay(way);
    this.#options.joiner.choose();
  }

  /** From now on the picture of about this height; undefined: as the network allows. */
  useHeight(height: number | undefined): void {
    this.#options.settings.setHeight(height);
    this.#want();
  }

  /** From now on the sound at this place among all. */
  useSound(place: number): void {
    this.#options.selection.sound = place;
    this.#want();
  }

  showCaptions(on: boolean): void {
    this.#options.settings.setCaptions(on);
    this.#want();
  }

  /** Takes up what there is to choose from now. */
  follow(): void {
    if (this.#options.selection.wantsMore !== this.#wantsMore) this.#choose();
  }

  /** What was chosen last counts: a way that cannot bring it is no longer asked for. */
  #want(): void {
    const { choice, selection } = this.#options;
    if (selection.wantsMore) choice.yield();
    this.#choose();
  }

  #choose(): void {
    const { choice, choose, joiner, selection } = this.#options;
    choose();
    this.#wantsMore = selection.wantsMore;
    if (this.#wantsMore && joiner.way !== choice.ways[0]) joiner.choose();
  }
}
