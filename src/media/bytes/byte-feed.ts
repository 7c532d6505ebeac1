const NO_ROOM = new Uint8Array(0);
/** First room made for bytes that wait for the rest; it doubles as they come, since a size alone is no promise. */
const FIRST_ROOM = 1024;

/**
 * What parsing waits for: so many bytes, which it then gets, or, where the number is negative, so many to be passed over.
 */
export type Parsing = Generator<number, void, Uint8Array>;

/** Drives a parser with bytes that may be cut anywhere. What it gets are views of these where they were not cut. */
export class ByteFeed {
  /** Bytes that the parser has got or passed over. */
  position = 0;
  readonly #parsing: Parsing;
  #wanted: number;
  #room: Uint8Array = NO_ROOM;
  #length = 0;

  constructor(parse: (feed: ByteFeed) => Parsing) {
    this.#parsing = parse(this);
    this.#wanted = this.#parsing.next().value as number;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    for (;;) {
      if (this.#wanted < 0) {
        const passed = Math.min(-this.#wanted, bytes.length - at);
        at += passed;
        this.position += passed;
        this.#wanted += passed;
        if (this.#wanted < 0) return;
        this.#wanted = this.#parsing.next(NO_ROOM).value as number;
        continue;
      }
      if (bytes.length - at + this.#length < this.#wanted) break;
      const end = at + this.#wanted - this.#length;
      let whole = bytes.subarray(at, end);
      if (this.#length > 0) {
        this.#keep(whole);
        whole = this.#room.subarray(0, this.#length);
        this.#room = NO_ROOM; // what was read keeps the old one
        this.#length = 0;
      }
      at = end;
      this.position += this.#wanted;
      this.#wanted = this.#parsing.next(whole).value as number;
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  /** Forgets what waits. */
  drop(): void {
    this.#room = NO_ROOM;
    this.#length = 0;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.min(this.#wanted, Math.max(length, this.#room.length * 2, FIRST_ROOM)));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(bytes, this.#length);
    this.#length = length;
  }
}
