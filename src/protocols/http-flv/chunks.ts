const encoder = new TextEncoder();

/** Chunked framing (RFC 9112 §7.1), where the line that ends one chunk stands before the next. */
export class Chunks {
  #first = true;

  /** What stands before these bytes. */
  head(bytes: Uint8Array): Uint8Array {
    const head = `${this.#first ? '' : '\r\n'}${bytes.length.toString(16)}\r\n`;
    this.#first = false;
    return encoder.encode(head);
  }

  /** The last chunk. */
  end(): Uint8Array {
    return encoder.encode(`${this.#first ? '' : '\r\n'}0\r\n\r\n`);
  }
}
