import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { PACKET, SYNC } from './packet.ts';

/** Distances of packets: plain, with a time stamp of four bytes in front (BDAV), with 16 bytes of parity behind (DVB). */
const SIZES = [PACKET, 192, 204] as const;
const LARGEST = 204;
/** Where a packet may begin shows once so many bytes from there are known: two more must follow. */
const OUTLOOK: number = 2 * LARGEST + 1;

/** Bytes in front of the first packet: more than any of them are long. Beyond that it is something else. */
const MAX_LEAD = 3 * 1024;
/** Bytes between packets later on; a line that is so bad carries nothing. */
const MAX_GARBAGE: number = 2 ** 20;

const NONE = new Uint8Array(0);

/** Takes a packet that begins at `at` in `bytes`, which do not last. */
export type TakePacket = (bytes: Uint8Array, at: number) => void;

/** Finds the packets in a stream of bytes, of whichever distance they are, and finds back to them after garbage. */
export class PacketReader {
  /** Packets that were found. */
  packets = 0;
  #rest: Uint8Array = NONE;
  /** Distance from packet to packet; 0 where it has to be found out. */
  #size = 0;
  /** Bytes behind the last packet that belong to none and have not come yet. */
  #ahead = 0;
  #garbage = 0;

  /** @throws ProtocolError where there are too many bytes that are in no packet. */
  push(chunk: Uint8Array, take: TakePacket): void {
    const bytes = this.#rest.length > 0 ? concatBytes([this.#rest, chunk]) : chunk;
    this.#rest = NONE;
    let at = this.#ahead;
    while (at < bytes.length) {
      if (this.#size === 0) {
        const start = this.#find(bytes, at);
        if (this.#size === 0) {
          at = start;
          break;
        }
        at = start;
      }
      if (bytes.length - at < PACKET) break;
      if (bytes[at] !== SYNC) {
        this.#size = 0;
        continue;
      }
      this.packets++;
      this.#garbage = 0;
      take(bytes, at);
      at += this.#size;
    }
    this.#ahead = Math.max(0, at - bytes.length);
    if (at < bytes.length) this.#rest = bytes.slice(at);
  }

  /** Looks for a packet from `at` on and sets the distance; gives where the search stands. */
  #find(bytes: Uint8Array, at: number): number {
    if (this.packets === 0 && this.#garbage === 0) {
      // Two packets are enough at the very beginning, so that tables alone are read at once.
      if (bytes.length - at <= PACKET) return at;
      if (bytes[at] === SYNC && bytes[at + PACKET] === SYNC) this.#size = PACKET;
      if (this.#size > 0) return at;
    }
    for (; bytes.length - at >= OUTLOOK; at++) {
      if (bytes[at] === SYNC) {
        const size = SIZES.find((each) => bytes[at + each] === SYNC && bytes[at + 2 * each] === SYNC);
        if (size !== undefined) {
          this.#size = size;
          return at;
        }
      }
      this.#pass();
    }
    return at;
  }

  #pass(): void {
    this.#garbage++;
    if (this.packets === 0 && this.#garbage > MAX_LEAD) throw new ProtocolError('This is not MPEG-TS.');
    if (this.#garbage > MAX_GARBAGE) {
      throw new ProtocolError(`There is no packet in ${MAX_GARBAGE} bytes of MPEG-TS.`, 'limit-exceeded');
    }
  }
}
