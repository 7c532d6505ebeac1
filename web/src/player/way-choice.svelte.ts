import type { TrackInfo } from '../../../src/client/index.ts';
import type { Settings } from '../settings/settings.svelte.ts';
import { mediaKey, waysFor } from './playable.ts';
import { isNative, isPlaylist, type Way, ways } from './ways.ts';

/** So many decoder errors in a way, without a picture between them, are not an accident. */
const FAILURES = 2;

/** The ways to play what a room has now, by what this browser plays, what has failed, and what the viewer wants. */
export class WayChoice {
  /** Ways that could not play these media although they should have. */
  #unfit: readonly Way[] = $state.raw([]);
  #media = '';
  readonly #failures = new Map<Way, number>();
  readonly #tracks: () => readonly TrackInfo[];
  readonly #settings: Settings;
  /** More than the first picture and the first sound. */
  readonly #wantsMore: () => boolean;
  /** Those that this browser can play, the best first. */
  readonly possible: readonly Way[] = $derived.by(() =>
    waysFor(this.#tracks()).filter((way) => !this.#unfit.includes(way)),
  );
  /** Those to try, in this order. */
  readonly ways: readonly Way[] = $derived.by(() => this.#inOrder(this.possible));

  constructor(options: { tracks: () => readonly TrackInfo[]; settings: Settings; wantsMore: () => boolean }) {
    this.#tracks = options.tracks;
    this.#settings = options.settings;
    this.#wantsMore = options.wantsMore;
  }

  /** Takes up what is to be played. Other codecs: what could not be played before says nothing of these. */
  follow(): void {
    const media = mediaKey(this.#tracks());
    if (media === this.#media) return;
    this.#media = media;
    this.forgive();
  }

  /** Another broadcast: everything gets another chance. */
  forgive(): void {
    this.#failures.clear();
    if (this.#unfit.length > 0) this.#unfit = [];
  }

  /**
   * A playlist is there only after some seconds of a broadcast. The viewer who wants what only it brings waits for it,
   * and so does a browser that plays nothing from memory: an MP4 without end is not for all of those.
   */
  waitsFor(way: Way): boolean {
    if (!isPlaylist(way)) return false;
    const { forced, way: wanted } = this.#settings;
    return wanted === way || forced?.includes(way) === true || this.#wantsMore() || this.possible.every(isNative);
  }

  /** The viewer wants what only a playlist brings, and no longer the way that was asked for before, if it is another. */
  yield(): void {
    const { forced, way } = this.#settings;
    const asked = forced ?? (way ? [way] : []);
    if (asked.length > 0 && !asked.some(isPlaylist)) this.#settings.setWay(undefined);
  }

  /** This way cannot play these media. */
  cannot(way: Way): void {
    if (!this.#unfit.includes(way)) this.#unfit = [...this.#unfit, way];
  }

  /** The decoder gave up before there was a picture. Once may be a damaged frame. */
  undecodable(way: Way): void {
    const failures = (this.#failures.get(way) ?? 0) + 1;
    this.#failures.set(way, failures);
    if (failures >= FAILURES) this.cannot(way);
  }

  #inOrder(possible: readonly Way[]): readonly Way[] {
    const { forced, way } = this.#settings;
    const asked = forced && possible.filter((each) => forced.includes(each));
    if (asked && asked.length > 0) return asked;
    // Only a playlist tells of more than the first picture and the first sound.
    const wanted = [...(way ? [way] : []), ...(this.#wantsMore() ? ways.filter(isPlaylist) : [])];
    return [...new Set([...wanted.filter((each) => possible.includes(each)), ...possible])];
  }
}
