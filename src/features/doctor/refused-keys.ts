import { SECOND } from '../../media/time.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** Attempts of one room that are remembered; a guesser makes more. */
const MOST = 1000;

/** Attempts to publish with a wrong key, by room. Neither the key nor what stood in its place comes here. */
export class RefusedKeys {
  readonly #attempts = new Map<string, number[]>();
  /** Those that named no room. */
  #nameless: number[] = [];

  /** True while there is anything to tell. */
  get any(): boolean {
    return this.#nameless.length > 0 || this.#attempts.size > 0;
  }

  /** True where somebody tried at this very path; `undefined`: without naming a room. */
  has(path: string | undefined): boolean {
    return path === undefined ? this.#nameless.length > 0 : this.#attempts.has(path);
  }

  /** `path`: of the room; undefined where none was named. `now`: monotonic µs. */
  note(path: string | undefined, now: number): void {
    const attempts = path === undefined ? this.#nameless : (this.#attempts.get(path) ?? []);
    if (path !== undefined) this.#attempts.set(path, attempts);
    if (attempts.length >= MOST) attempts.shift();
    attempts.push(now);
  }

  /** Somebody published there with the right key, and is most likely the one who had tried with a wrong one. */
  forgive(path: string): void {
    this.#attempts.delete(path);
    this.#nameless = [];
  }

  /** Forgets what is too old; gives the paths of it, `undefined` for what named none. */
  age(now: number): (string | undefined)[] {
    const { goes } = thresholds['key-refused'].limits;
    const isOver = (attempts: readonly number[]): boolean => now - (attempts.at(-1) ?? now) > goes.value * SECOND;
    const over: (string | undefined)[] = [...this.#attempts]
      .filter(([, attempts]) => isOver(attempts))
      .map(([path]) => path);
    for (const path of over) this.#attempts.delete(path!);
    if (!isOver(this.#nameless)) return over;
    this.#nameless = [];
    return [...over, undefined];
  }

  /** Verdict on `key-refused`. `nameless`: those that named no room count, too. */
  verdict(path: string, { nameless, now }: { nameless: boolean; now: number }): Verdict {
    const { lately } = thresholds['key-refused'].limits;
    const all = [...(this.#attempts.get(path) ?? []), ...(nameless ? this.#nameless : [])];
    const late = all.filter((at) => now - at <= lately.value * SECOND);
    if (late.length === 0) return 'well';
    return { attempts: late.length, seconds: Math.floor((now - Math.max(...late)) / SECOND) };
  }
}
