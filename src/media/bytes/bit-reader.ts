import { ProtocolError } from '../../errors.ts';

/** The longest Exp-Golomb code of 32 bits has this many zeros in front (H.264, 9.1). */
const MAX_LEADING_ZEROS = 32;

/** Reads bits, the highest first. Reading past the end throws `ProtocolError`. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits read so far. */
  get position(): number {
    return this.#position;
  }

  /** Bits that are left. */
  get left(): number {
    return this.#bytes.length * 8 - this.#position;
  }

  bit(): number {
    if (this.left < 1) throw new ProtocolError(`The data ends too soon, after ${this.#bytes.length} bytes.`);
    const byte = this.#bytes[this.#position >> 3]!;
    const bit = (byte >> (7 - (this.#position & 7))) & 1;
    this.#position++;
    return bit;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** Unsigned, at most 32 bits. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    if (count > this.left) throw new ProtocolError(`The data ends too soon, after ${this.#bytes.length} bytes.`);
    this.#position += count;
  }

  /** Unsigned Exp-Golomb code, ue(v) (H.264, 9.1). */
  ue(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros++;
      if (zeros > MAX_LEADING_ZEROS) throw new ProtocolError('An Exp-Golomb code has more than 32 leading zeros.');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Unsigned code of any length, uvlc() (AV1, 4.10.3): an Exp-Golomb code that has no end above 32 bits. */
  uvlc(): number {
    let zeros = 0;
    while (this.bit() === 0) zeros++;
    return zeros < MAX_LEADING_ZEROS ? 2 ** zeros - 1 + this.bits(zeros) : 2 ** MAX_LEADING_ZEROS - 1;
  }

  /** Signed Exp-Golomb code, se(v) (H.264, 9.1.1). */
  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }
}
