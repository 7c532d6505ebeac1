/** Holds what is not complete yet. `read` takes from the front and returns how many bytes it took; 0 means more is needed. */
export class Unread {
  #bytes: Buffer = Buffer.alloc(0);

  push(bytes: Buffer, read: (bytes: Buffer) => number): void {
    this.#bytes = this.#bytes.length > 0 ? Buffer.concat([this.#bytes, bytes]) : bytes;
    for (let size = read(this.#bytes); size > 0; size = read(this.#bytes)) this.#bytes = this.#bytes.subarray(size);
  }
}
