/** So many viewers at one address with one program are believed that are known by what they say alone. */
export const MAX_BELIEVED = 8;

/** What a page that plays HLS says: it plays, as is proven by now, or it is paused. */
export type PageState = 'playing' | 'paused';

interface Place {
  sessions: number;
  playing: number;
  paused: number;
}

/**
 * Counts viewers of HLS by two proofs: the sessions of players, which live by their requests, and what pages say. A page
 * and its session are one viewer, and meet by where they are: address and program. A page that says that it is paused
 * takes a session away, whatever its player goes on asking for. Pages that play and have no session are behind a cache
 * that answers for us, or share a session as tabs of one browser do; each is one viewer.
 */
export class HlsPlaces {
  readonly #places = new Map<string, Place>();
  #viewers = 0;

  get viewers(): number {
    return this.#viewers;
  }

  addSession(place: string): void {
    this.#change(place, 'sessions', 1);
  }

  removeSession(place: string): void {
    this.#change(place, 'sessions', -1);
  }

  addPage(place: string, state: PageState): void {
    this.#change(place, state, 1);
  }

  removePage(place: string, state: PageState): void {
    this.#change(place, state, -1);
  }

  #change(name: string, what: keyof Place, by: number): void {
    const place = this.#places.get(name) ?? { sessions: 0, playing: 0, paused: 0 };
    this.#viewers -= viewersOf(place);
    place[what] += by;
    this.#viewers += viewersOf(place);
    if (place.sessions + place.playing + place.paused > 0) this.#places.set(name, place);
    else this.#places.delete(name);
  }
}

function viewersOf({ sessions, playing, paused }: Place): number {
  return Math.max(sessions - paused, Math.min(playing, Math.max(sessions, MAX_BELIEVED)), 0);
}
