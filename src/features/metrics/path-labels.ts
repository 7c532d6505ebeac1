import { SECOND } from '../../media/time.ts';
import { MAX_PATHS } from './families.ts';

/** The label that all paths share which have none of their own. */
export const OTHER = 'other';
/**
 * A path keeps its label for this long after it was last on. What collects metrics keeps every label it ever saw, so
 * names that come and go by the thousand, where everybody may publish, must not be passed on to it one after another.
 */
const REST = 3600 * SECOND;

/** Which paths have a label of their own. */
export class PathLabels {
  /** Path → monotonic µs at which it was last on, the longest ago first. */
  readonly #seen = new Map<string, number>();

  /** The label of a path that is on at `now` (monotonic µs). */
  of(path: string, now: number): string {
    if (!this.#seen.delete(path) && !this.#hasRoom(now)) return OTHER;
    this.#seen.set(path, now);
    return path;
  }

  #hasRoom(now: number): boolean {
    if (this.#seen.size < MAX_PATHS) return true;
    const [oldest] = this.#seen;
    if (!oldest || now - oldest[1] < REST) return false;
    return this.#seen.delete(oldest[0]);
  }
}
