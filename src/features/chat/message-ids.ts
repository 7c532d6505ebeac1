import { randomBytes } from 'node:crypto';

/** Crockford's base32: in the order of their codes, without letters that look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LETTERS = 10;
const RANDOM_LETTERS = 16;

/** An id of this form, as `MessageIds` makes them. */
export const ID_PATTERN = '^[0-9A-HJKMNP-TV-Z]{26}$';

/**
 * Ids whose order as text is the order in which they were made, also within a millisecond and where the clock was set back
 * (ULID, monotonic).
 */
export class MessageIds {
  #time = 0;
  #random: number[] = [];

  /** `last`: an id behind which the next ones come. */
  constructor(last?: string) {
    if (last === undefined) return;
    this.#time = timeOfId(last);
    this.#random = Array.from(last.slice(TIME_LETTERS), (letter) => ALPHABET.indexOf(letter));
  }

  /** `now`: wall time in ms. */
  next(now: number): string {
    if (now > this.#time) {
      this.#time = now;
      this.#random = Array.from(randomBytes(RANDOM_LETTERS), (byte) => byte & 31);
      // Room to count up in.
      this.#random[0]! &= 15;
    } else this.#countUp();
    return textOf(this.#time) + this.#random.map((letter) => ALPHABET[letter]).join('');
  }

  #countUp(): void {
    for (let at = RANDOM_LETTERS - 1; at >= 0; at--) {
      if (this.#random[at]! < 31) {
        this.#random[at]!++;
        return;
      }
      this.#random[at] = 0;
    }
  }
}

/** Wall time in ms at which an id was made. */
export function timeOfId(id: string): number {
  let time = 0;
  for (const letter of id.slice(0, TIME_LETTERS)) time = time * 32 + ALPHABET.indexOf(letter);
  return time;
}

function textOf(time: number): string {
  let text = '';
  for (let rest = time; text.length < TIME_LETTERS; rest = Math.floor(rest / 32)) text = ALPHABET[rest % 32] + text;
  return text;
}
