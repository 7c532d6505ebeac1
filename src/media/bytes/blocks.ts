const EMPTY = new Uint8Array(0);

/** Blocks grow from the first size to the largest, so that a peer who says little costs little. */
const FIRST = 1024;
const LARGEST = 32 * 1024;
/** What is larger than this has an allocation of its own. */
const SMALL = LARGEST / 4;

/**
 * Gives room for small messages out of larger blocks: an allocation of its own costs more than such a message does, when
 * it is made and again when it is freed. Rooms that were asked for one after the other mostly lie side by side.
 */
export class Blocks {
  #block: Uint8Array<ArrayBuffer> = EMPTY;
  /** Bytes of the block that are taken. */
  #taken = 0;

  /** Room for so many bytes; it is given out once. */
  allocate(length: number): Uint8Array {
    if (length > SMALL) return new Uint8Array(length);
    if (this.#taken + length > this.#block.length) {
      const next = Math.min(LARGEST, Math.max(FIRST, 2 * this.#block.length));
      this.#block = new Uint8Array(Math.max(length, next));
      this.#taken = 0;
    }
    const room = new Uint8Array(this.#block.buffer, this.#taken, length);
    this.#taken += length;
    return room;
  }
}
