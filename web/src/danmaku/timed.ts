/** What has a place in the broadcast. */
interface Placed<Item> {
  item: Item;
  /** Seconds of the broadcast. */
  mediaTime: number;
  given: boolean;
}

/** What comes this much after its moment still belongs to it. s */
const LATE = 3;
/** The playhead went so far that the viewer has moved to another place. s */
const JUMP = 10;

/**
 * Gives each item when the picture comes to the moment that it belongs to: for viewers who are behind, and for replay. What
 * was given is kept, so that going back gives it again.
 */
export class Timed<Item extends { id: string }> {
  readonly #most: number;
  /** In the order of media time. */
  #all: Placed<Item>[] = [];
  #playhead: number | undefined;

  /** `most`: so many are kept; the earliest go first. */
  constructor(most: number) {
    this.#most = most;
  }

  add(item: Item, mediaTime: number): void {
    let at = this.#all.length;
    while (at > 0 && this.#all[at - 1]!.mediaTime > mediaTime) at--;
    this.#all.splice(at, 0, { item, mediaTime, given: mediaTime < (this.#playhead ?? -Infinity) - LATE });
    if (this.#all.length > this.#most) this.#all.shift();
  }

  remove(id: string): void {
    this.#all = this.#all.filter(({ item }) => item.id !== id);
  }

  /** Forgets everything: another broadcast begins. */
  clear(): void {
    this.#all = [];
    this.#playhead = undefined;
  }

  /** Those whose moment has come. `playhead`: seconds of the broadcast that are on the screen. */
  due(playhead: number): Item[] {
    const before = this.#playhead ?? -Infinity;
    this.#playhead = playhead;
    const moved = playhead < before || playhead - before > JUMP;
    if (moved) for (const placed of this.#all) placed.given = placed.mediaTime < playhead - LATE;
    const now = this.#all.filter(({ given, mediaTime }) => !given && mediaTime <= playhead);
    for (const placed of now) placed.given = true;
    return now.map(({ item }) => item);
  }
}
