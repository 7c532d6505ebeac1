import { equalBytes } from '../../media/bytes/bytes.ts';
import { crc32 } from './crc.ts';

/** table_id and section_length. */
const HEAD = 3;
/** section_length has twelve bits, of which tables use 4093 (2.4.4.11). */
const MAX_SECTION = 4096;
/** The rest of the head, and CRC_32. */
const SHORTEST = 5 + 4;
const CRC = 4;
/** Fills a packet behind the last section. */
const STUFFING = 0xff;
/** section_syntax_indicator, and current_next_indicator. */
const LONG = 0x80;
const CURRENT = 0x01;

const NONE = new Uint8Array(0);

/** A section of a table that is in force. */
export interface Section {
  table: number;
  /** table_id_extension: the number of the stream or program. */
  extension: number;
  version: number;
  number: number;
  /** What follows last_section_number, without the checksum. */
  body: Uint8Array;
}

/** Puts the sections of one PID together (2.4.4). Those that are damaged or not yet in force are passed over. */
export class SectionReader {
  readonly #take: (section: Section) => void;
  #room: Uint8Array = NONE;
  #length = 0;
  /** What was read last, since it comes again all the time. */
  #last: Uint8Array = NONE;

  constructor(take: (section: Section) => void) {
    this.#take = take;
  }

  /** A packet is missing. */
  lose(): void {
    this.#length = 0;
  }

  /** The payload of one packet; `starts`: a section begins in it, where its first byte points. */
  push(payload: Uint8Array, starts: boolean): void {
    if (!starts) {
      if (this.#length > 0) this.#append(payload);
      return;
    }
    const pointer = 1 + (payload[0] ?? 0);
    if (this.#length > 0) this.#append(payload.subarray(1, pointer));
    this.#length = 0;
    if (pointer < payload.length) this.#append(payload.subarray(pointer));
  }

  #append(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      if (this.#length === 0 && rest[0] === STUFFING) return;
      const wanted = this.#length < HEAD ? HEAD : this.#total;
      const part = rest.subarray(0, wanted - this.#length);
      this.#keep(part);
      rest = rest.subarray(part.length);
      if (this.#length < HEAD || this.#length < this.#total) continue;
      if (this.#total <= MAX_SECTION) this.#finish(this.#room.subarray(0, this.#length));
      this.#length = 0;
    }
  }

  get #total(): number {
    return HEAD + (((this.#room[1]! & 0x0f) << 8) | this.#room[2]!);
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(length, 2 * this.#room.length));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(bytes, this.#length);
    this.#length = length;
  }

  #finish(bytes: Uint8Array): void {
    if (bytes.length < HEAD + SHORTEST || equalBytes(bytes, this.#last)) return;
    if ((bytes[1]! & LONG) === 0 || (bytes[5]! & CURRENT) === 0 || crc32(bytes) !== 0) return;
    const kept = bytes.slice();
    this.#last = kept;
    this.#take({
      table: kept[0]!,
      extension: (kept[3]! << 8) | kept[4]!,
      version: (kept[5]! >> 1) & 0x1f,
      number: kept[6]!,
      body: kept.subarray(HEAD + 5, kept.length - CRC),
    });
  }
}
