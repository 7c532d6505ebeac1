import type { Beacon } from '../../client/messages.ts';
import { HlsPlaces, type PageState } from './hls-places.ts';
import { PageProof } from './page-proof.ts';
import type { Counts } from './watch-tally.ts';

/** The protocol whose players have no connection that could tell that they are there. */
export const HLS = 'hls';

/** Who watches in a room now: the sessions of all protocols, and what pages say. Times are monotonic µs. */
export class Audience {
  readonly #protocols = new Map<string, number>();
  readonly #hls = new HlsPlaces();
  readonly #pages = new Map<object, { place: string; proof: PageProof; counted: PageState | undefined }>();

  /** `place`: the address and program of a session, by which it meets its page. */
  enter(protocol: string, place: string): void {
    if (protocol === HLS) this.#hls.addSession(place);
    else this.#protocols.set(protocol, (this.#protocols.get(protocol) ?? 0) + 1);
  }

  leave(protocol: string, place: string): void {
    if (protocol === HLS) this.#hls.removeSession(place);
    else {
      const left = (this.#protocols.get(protocol) ?? 1) - 1;
      if (left > 0) this.#protocols.set(protocol, left);
      else this.#protocols.delete(protocol);
    }
  }

  /** A page says something of itself. Gives whether it counts otherwise than before. */
  say(page: object, place: string, beacon: Beacon, now: number): boolean {
    let known = this.#pages.get(page);
    if (!known) this.#pages.set(page, (known = { place, proof: new PageProof(), counted: undefined }));
    known.proof.say(beacon, now);
    return this.#count(known, known.proof.state(now));
  }

  /** A page is gone. Gives whether it counted. */
  forget(page: object): boolean {
    const known = this.#pages.get(page);
    this.#pages.delete(page);
    return known !== undefined && this.#count(known, undefined);
  }

  /** Forgets what pages said too long ago. Gives whether any counted. */
  sweep(now: number): boolean {
    let changed = false;
    for (const page of this.#pages.values()) changed = this.#count(page, page.proof.state(now)) || changed;
    return changed;
  }

  /** Pages that have said something. */
  get pages(): Iterable<object> {
    return this.#pages.keys();
  }

  /** Pages that are believed to play, and where. */
  *playing(): Iterable<{ page: object; place: string }> {
    for (const [page, { place, counted }] of this.#pages) if (counted === 'playing') yield { page, place };
  }

  /** Viewers by protocol. */
  get counts(): Counts {
    const { viewers } = this.#hls;
    return viewers > 0 ? new Map([...this.#protocols, [HLS, viewers]]) : this.#protocols;
  }

  #count(page: { place: string; counted: PageState | undefined }, state: PageState | undefined): boolean {
    if (page.counted === state) return false;
    if (page.counted) this.#hls.removePage(page.place, page.counted);
    if (state) this.#hls.addPage(page.place, state);
    page.counted = state;
    return true;
  }
}
