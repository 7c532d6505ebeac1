import type { TrackInfo } from '../../../src/client/index.ts';
import type { Settings } from '../settings/settings.svelte.ts';
import { type ChoicesOf, choicesIn, noChoices, type Wanted } from './choices.ts';

/** What the viewer has chosen of pictures, sounds and texts, beside what there is. */
export class Selection {
  /** What the connection has to choose from. */
  offered: ChoicesOf = $state.raw(noChoices);
  /** Place of the sound that the viewer wants among all. */
  sound: number | undefined = $state();
  readonly #settings: Settings;
  readonly #tracks: () => readonly TrackInfo[];

  constructor(options: { settings: Settings; tracks: () => readonly TrackInfo[] }) {
    this.#settings = options.settings;
    this.#tracks = options.tracks;
  }

  /** What the connection has to choose from; where it brings only the first of each kind, what the room has. */
  get choices(): ChoicesOf {
    const room = choicesIn(this.#tracks());
    const captions = this.offered.captions || room.captions;
    return { ...(this.offered.qualities.length > 0 ? this.offered : room), captions };
  }

  get wanted(): Wanted {
    const { sound } = this;
    const { height, captions } = this.#settings;
    return { captions, ...(height === undefined ? {} : { height }), ...(sound === undefined ? {} : { sound }) };
  }

  /** More is wanted than the first picture and the first sound, and the room has it. */
  get wantsMore(): boolean {
    const { qualities, sounds, captions } = choicesIn(this.#tracks());
    const { height } = this.#settings;
    const other = (qualities.length > 1 && height !== undefined) || (sounds.length > 1 && (this.sound ?? 0) > 0);
    return other || (captions && this.#settings.captions);
  }
}
