import { ProtocolError } from '../../errors.ts';
import { MAX_UNIT } from '../../media/codec/video-reader.ts';

const FIRST = 1024;
/** What is above this is given back when little of it was needed. */
const LARGE: number = 256 * 1024;
const SMALL_SHARE = 8;

/** The bytes of one elementary stream that wait to be read, in one piece. */
export class LaneRoom {
  length = 0;
  #bytes = new Uint8Array(0);

  /** All that is there; a view that lasts until something is added or dropped. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** @throws ProtocolError where there are more bytes than an access unit may have. */
  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(bytes, this.length);
    this.length = length;
  }

  /** Drops so many bytes from the front. */
  drop(count: number): void {
    if (count === 0) return;
    this.#bytes.copyWithin(0, count, this.length);
    const used = this.length;
    this.length -= count;
    if (this.length === 0 && this.#bytes.length > LARGE && used < this.#bytes.length / SMALL_SHARE) this.clear();
  }

  clear(): void {
    this.length = 0;
    if (this.#bytes.length > LARGE) this.#bytes = new Uint8Array(0);
  }

  #grow(length: number): void {
    if (length > MAX_UNIT) throw new ProtocolError(`An access unit has more than ${MAX_UNIT} bytes.`, 'limit-exceeded');
    const room = new Uint8Array(Math.max(length, Math.min(MAX_UNIT, 2 * this.#bytes.length), FIRST));
    room.set(this.#bytes.subarray(0, this.length));
    this.#bytes = room;
  }
}
