import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { LINE_BYTES, TAG_BYTES } from './line.ts';

/** The longest line that there may be. */
const MAX_BYTES = TAG_BYTES + LINE_BYTES;
/** What a line has room for at first; most are shorter. */
const FIRST_BYTES = 256;
const [CR, LF] = [13, 10];

/** Cuts the bytes of a connection into lines, wherever they were cut on the way. Holds one line and what was pushed last. */
export class LineReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #line: Uint8Array = new Uint8Array(FIRST_BYTES);
  #length = 0;
  /** The rest of a line that is too long is passed over. */
  #isSkipping = false;

  /** Bytes that were pushed and not looked at. */
  get waiting(): number {
    return this.#bytes.length - this.#at;
  }

  push(bytes: Uint8Array): void {
    this.#bytes = this.waiting === 0 ? bytes : concatBytes([this.#bytes.subarray(this.#at), bytes]);
    this.#at = 0;
  }

  /**
   * The next line without its end, good until the next call; undefined when more has to come. Empty ones are left out. Throws
   * `limit-exceeded` for one that is too long; the one behind it can be read then.
   */
  next(): Uint8Array | undefined {
    while (this.#at < this.#bytes.length) {
      const end = this.#end();
      const isWhole = end < this.#bytes.length;
      const piece = this.#bytes.subarray(this.#at, end);
      this.#at = isWhole ? end + 1 : end;
      const wasSkipping = this.#isSkipping;
      if (wasSkipping) this.#isSkipping = !isWhole;
      else this.#add(piece, isWhole);
      if (!isWhole || wasSkipping || this.#length === 0) continue;
      const line = this.#line.subarray(0, this.#length);
      this.#length = 0;
      return line;
    }
    return undefined;
  }

  /** Where the line ends that begins here, or the bytes do. */
  #end(): number {
    let at = this.#at;
    while (at < this.#bytes.length && this.#bytes[at] !== LF && this.#bytes[at] !== CR) at++;
    return at;
  }

  #add(piece: Uint8Array, isWhole: boolean): void {
    const length = this.#length + piece.length;
    if (length > MAX_BYTES) {
      this.#length = 0;
      this.#isSkipping = !isWhole;
      throw new ProtocolError('A line is too long.', 'limit-exceeded');
    }
    if (length > this.#line.length) {
      const line = new Uint8Array(Math.min(MAX_BYTES, 2 ** Math.ceil(Math.log2(length))));
      line.set(this.#line.subarray(0, this.#length));
      this.#line = line;
    }
    this.#line.set(piece, this.#length);
    this.#length = length;
  }
}
