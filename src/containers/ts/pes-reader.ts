import { PES_FIXED, PES_HEAD, PES_TIME, streamId } from './packet.ts';
import { timeAt } from './ticks.ts';

/** PES_header_data_length has eight bits. */
const MAX_HEAD: number = PES_HEAD + PES_FIXED + 255;

/** stream_id of packets without an optional header (2.4.3.7), which hold nothing to play. */
const PLAIN: ReadonlySet<number> = new Set([0xbc, streamId.padding, streamId.private2, 0xf0, 0xf1, 0xf2, 0xf8, 0xff]);

/** What a PES header says. Times are ticks of 33 bits; absent where it tells none. */
export interface PesHead {
  streamId: number;
  pts: number | undefined;
  dts: number | undefined;
  /** True where it says that an access unit begins with the payload. */
  aligned: boolean;
  /** Bytes of payload; undefined where only the next packet ends it. */
  size: number | undefined;
}

/** What takes the payload of PES packets. */
export interface Lane {
  begin(head: PesHead): void;
  append(payload: Uint8Array): void;
  /** The PES packet is there in full. */
  finish(): void;
  /** It lacks something, and so does what it continues. */
  spoil(): void;
  /** Nothing follows. */
  end(): void;
}

/** Puts the PES packets of one PID together (2.4.3.6). */
export class PesReader {
  readonly lane: Lane;
  readonly #encrypted: () => void;
  readonly #head = new Uint8Array(MAX_HEAD);
  #headLength = 0;
  #state: 'idle' | 'head' | 'body' = 'idle';
  /** Bytes of payload that are missing; Infinity where nobody knows. */
  #left = 0;

  /** `encrypted` is called for each PES packet that is. */
  constructor(lane: Lane, encrypted: () => void) {
    this.lane = lane;
    this.#encrypted = encrypted;
  }

  /** A packet is missing, or cannot be read. */
  lose(): void {
    this.#state = 'idle';
    this.lane.spoil();
  }

  /** The payload of one transport packet; `starts`: a PES packet begins with it. */
  push(payload: Uint8Array, starts: boolean): void {
    let rest = payload;
    if (starts) {
      this.#close();
      this.#state = 'head';
      this.#headLength = 0;
    }
    if (this.#state === 'head') rest = this.#readHead(rest);
    if (this.#state === 'body') this.#readBody(rest);
  }

  /** The stream is over. */
  end(): void {
    this.#close();
    this.lane.end();
  }

  /** The PES packet ends here because the next one begins. */
  #close(): void {
    if (this.#state === 'body' && this.#left === Infinity) this.lane.finish();
    else if (this.#state !== 'idle') this.lane.spoil();
    this.#state = 'idle';
  }

  #readBody(bytes: Uint8Array): void {
    const part = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    if (part.length > 0) this.lane.append(part);
    this.#left -= part.length;
    if (this.#left > 0) return;
    this.#state = 'idle';
    this.lane.finish();
  }

  /** Gives what is behind the header, once that is there. */
  #readHead(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    while (rest.length > 0 && this.#state === 'head') {
      const fixed = PES_HEAD + PES_FIXED;
      const wanted = this.#headLength < fixed ? fixed : fixed + this.#head[fixed - 1]!;
      const part = rest.subarray(0, wanted - this.#headLength);
      this.#head.set(part, this.#headLength);
      this.#headLength += part.length;
      rest = rest.subarray(part.length);
      if (this.#headLength >= fixed && this.#headLength === fixed + this.#head[fixed - 1]!) this.#begin();
      else if (this.#headLength >= PES_HEAD && !isHead(this.#head)) this.#skip();
    }
    return rest;
  }

  #begin(): void {
    const head = this.#head;
    const length = (head[4]! << 8) | head[5]!;
    const more = PES_FIXED + head[8]!;
    if (!isHead(head) || (head[6]! & 0xc0) !== 0x80 || (length > 0 && length < more)) {
      this.#skip();
      return;
    }
    if ((head[6]! & 0x30) !== 0) {
      this.#encrypted();
      this.#skip();
      return;
    }
    this.#state = 'body';
    this.#left = length === 0 ? Infinity : length - more;
    const times = this.#timesIn(head);
    const size = length === 0 ? undefined : length - more;
    this.lane.begin({ streamId: head[3]!, ...times, aligned: (head[6]! & 4) !== 0, size });
    if (this.#left === 0) this.#readBody(head.subarray(0, 0));
  }

  #timesIn(head: Uint8Array): { pts: number | undefined; dts: number | undefined } {
    const flags = head[7]! >> 6;
    const room = head[8]!;
    const at = PES_HEAD + PES_FIXED;
    const pts = flags >= 2 && room >= PES_TIME ? timeAt(head, at) : undefined;
    const dts = flags === 3 && room >= 2 * PES_TIME ? timeAt(head, at + PES_TIME) : undefined;
    return { pts, dts };
  }

  /** Nothing of this PES packet is of use. */
  #skip(): void {
    this.#state = 'idle';
    if (!PLAIN.has(this.#head[3]!)) this.lane.spoil();
  }
}

function isHead(head: Uint8Array): boolean {
  return head[0] === 0 && head[1] === 0 && head[2] === 1 && !PLAIN.has(head[3]!);
}
