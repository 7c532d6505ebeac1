/** People of one room who can be named without an account: those who are on the pages of a lively chat. */
const MAX_SPEAKERS = 500;

/** Who spoke lately in a room, by their names. */
export class RecentSpeakers {
  /** Name as it is compared → id, the last who spoke at the end. */
  readonly #ids = new Map<string, string>();

  /** Somebody has spoken. */
  add({ id, name }: { id: string; name: string }): void {
    const key = keyOf(name);
    this.#ids.delete(key);
    this.#ids.set(key, id);
    if (this.#ids.size > MAX_SPEAKERS) this.#ids.delete(this.#ids.keys().next().value!);
  }

  /** The one of this name who spoke last. */
  idOf(name: string): string | undefined {
    return this.#ids.get(keyOf(name));
  }
}

/** Names that differ only in case, or in how their letters are made, are one (UAX #15, NFKC). */
function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC');
}
