const FIRST_CAPACITY = 256;
const encoder = new TextEncoder();

/** Writes big-endian values into a buffer that grows. Values are masked to their width. */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** `capacity`: bytes expected; the buffer grows past it where needed. */
  constructor(capacity: number = FIRST_CAPACITY) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    const at = this.#advance(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.#advance(2);
    this.#view.setUint16(at, value);
  }

  i16(value: number): void {
    this.u16(value);
  }

  u24(value: number): void {
    const at = this.#advance(3);
    this.#bytes[at] = value >> 16;
    this.#bytes[at + 1] = value >> 8;
    this.#bytes[at + 2] = value;
  }

  u32(value: number): void {
    const at = this.#advance(4);
    this.#view.setUint32(at, value);
  }

  f64(value: number): void {
    const at = this.#advance(8);
    this.#view.setFloat64(at, value);
  }

  bytes(value: Uint8Array): void {
    const at = this.#advance(value.length);
    this.#bytes.set(value, at);
  }

  utf8(text: string): void {
    this.bytes(encoder.encode(text));
  }

  /** What was written; not copied, so the writer is done with. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #advance(length: number): number {
    const at = this.#length;
    const end = at + length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = end;
    return at;
  }

  #grow(end: number): void {
    const bytes = new Uint8Array(Math.max(end, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
