import type { PeopleMessage, Person } from '../../client/messages.ts';
import { SECOND } from '../../media/time.ts';

/** Where more watch than this, nobody reads who comes and goes. */
export const MAX_ANNOUNCED = 100;
/** Who comes back within this time was not gone: a page that is loaded anew, a socket that broke. */
const AWAY = 5 * SECOND;

/** Who has a name in a room, and who of them came and went. */
export class People {
  readonly #seen = new Map<string, { name: string; at: number }>();
  #quiet = true;

  /** Those who are here now; gives who came and went since the last time, and nothing where that would be noise. */
  see(here: ReadonlyMap<string, string>, { now, crowd }: { now: number; crowd: boolean }): PeopleMessage | undefined {
    if (crowd) {
      this.#seen.clear();
      this.#quiet = true;
      return undefined;
    }
    const joined: Person[] = [];
    for (const [id, name] of here) {
      if (!this.#seen.has(id) && !this.#quiet) joined.push({ id, name });
      this.#seen.set(id, { name, at: now });
    }
    // The first time nobody came: they were here before.
    this.#quiet = false;
    const left: Person[] = [];
    for (const [id, { name, at }] of this.#seen) {
      if (now - at < AWAY) continue;
      this.#seen.delete(id);
      left.push({ id, name });
    }
    return joined.length + left.length > 0 ? { type: 'people', joined, left } : undefined;
  }

  /** Nobody listens. */
  forget(): void {
    this.#seen.clear();
    this.#quiet = true;
  }
}
