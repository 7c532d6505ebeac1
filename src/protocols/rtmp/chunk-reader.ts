import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { SECOND } from '../../media/time.ts';
import { Blocks } from '../../media/bytes/blocks.ts';
import { type Message, messageType } from './message.ts';

/** The chunk size until another is set (5.4.1). */
export const DEFAULT_CHUNK: number = 128;
/** Chunks that carry less than this are counted. */
const SMALL = 128;
/** A message is no longer than this, so a larger chunk size means the same (5.4.1). */
const MAX_CHUNK = 0xff_ffff;
/** Message bytes are kept in pieces of at most this, so that memory grows with what has arrived and not with what is announced. */
const PIECE = 64 * 1024;
const FIRST_PIECE = 1024;
/** A piece is so many times what of its message has arrived, so that a message of few chunks is one piece. */
const GROWTH = 4;
/** A body that is at least one in so many of the bytes it came with is not copied. */
const MOST = 4;
const EXTENDED = 0xff_ffff;
/** Bytes of a message header by format (5.3.1.2). */
const HEADER = [11, 7, 3, 0] as const;

export interface ChunkLimits {
  /** Bytes of one message. */
  message: number;
  /** Bytes of all unfinished messages together. */
  partial: number;
  chunkStreams: number;
  /** Chunks of fewer than 128 bytes in a second: they cost more work than they carry. */
  chunkRate: number;
}

/** What is remembered of a chunk stream. */
interface Lane {
  timestamp: number;
  delta: number;
  length: number;
  type: number;
  streamId: number;
  /** The extended timestamp field of the last header, if it had one. */
  extended: number | undefined;
  pieces: Uint8Array[];
  /** Bytes of the unfinished message; 0 between messages. */
  received: number;
  /** Bytes free in the last piece. */
  room: number;
}

/** Reads chunks (5.3) into whole messages. Set Chunk Size and Abort are obeyed here and not passed on. */
export class ChunkReader {
  limits: ChunkLimits;
  #chunkSize = DEFAULT_CHUNK;
  readonly #lanes = new Map<number, Lane>();
  /** What was pushed last, behind a header that was not whole before. */
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #lane: Lane | undefined;
  /** Bytes of the current chunk that are still to come. */
  #left = 0;
  #partial = 0;
  readonly #blocks = new Blocks();
  #second = { start: -Infinity, chunks: 0 };

  constructor(limits: ChunkLimits) {
    this.limits = limits;
  }

  /** Adds bytes. Messages may share their memory, so they must not change afterwards. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const done = this.#at === this.#input.length;
    this.#input = done ? bytes : concatBytes([this.#input.subarray(this.#at), bytes]);
    this.#at = 0;
  }

  /**
   * The next whole message; undefined when more bytes are needed. `now`: monotonic µs. Throws `ProtocolError`; the
   * reader is of no use afterwards.
   */
  next(now: number): Message | undefined {
    while (this.#at < this.#input.length) {
      if (!this.#lane && !this.#header(now)) return undefined;
      const message = this.#payload();
      if (message) return message;
    }
    return undefined;
  }

  /** Reads one chunk's headers; false when they are not whole. */
  #header(now: number): boolean {
    const input = this.#input;
    const start = this.#at;
    const left = input.length - start;
    const first = input[start]!;
    const format = first >> 6;
    const form = first & 63;
    const basic = form === 0 ? 2 : form === 1 ? 3 : 1;
    if (left < basic) return false;
    const id =
      form === 0 ? 64 + input[start + 1]! : form === 1 ? 64 + input[start + 1]! + input[start + 2]! * 256 : form;
    const at = start + basic;
    const size = basic + HEADER[format]!;
    if (left < size) return false;
    const known = this.#lanes.get(id);
    if (!known && format !== 0) throw new ProtocolError(`RTMP chunk stream ${id} begins without a full header.`);
    const extension = this.#extension(input, { start: start + size, at, format, lane: known });
    if (extension === undefined) return false;
    const lane = known ?? this.#open(id);
    this.#apply(lane, input, { at, format, extended: extension.value });
    this.#lane = lane;
    this.#left = Math.min(this.#chunkSize, lane.length - lane.received);
    if (this.#left < SMALL) this.#count(now);
    this.#at = start + size + extension.size;
    return true;
  }

  /**
   * The extended timestamp (5.3.1.3). It is there on format 3 as well, but some peers leave it out: whether it is shows
   * by whether the last one is repeated.
   */
  #extension(
    input: Uint8Array,
    { start, at, format, lane }: { start: number; at: number; format: number; lane: Lane | undefined },
  ): { size: 0 | 4; value: number | undefined } | undefined {
    if (format < 3 && u24(input, at) !== EXTENDED) return { size: 0, value: undefined };
    if (format === 3 && lane?.extended === undefined) return { size: 0, value: undefined };
    const there = Math.min(4, input.length - start);
    if (format === 3) {
      for (let i = 0; i < there; i++) {
        if (input[start + i] !== ((lane!.extended! >>> (24 - 8 * i)) & 0xff)) return { size: 0, value: lane!.extended };
      }
    }
    if (there < 4) return undefined;
    return { size: 4, value: u32(input, start) };
  }

  #apply(
    lane: Lane,
    input: Uint8Array,
    { at, format, extended }: { at: number; format: number; extended: number | undefined },
  ): void {
    const fresh = lane.received === 0;
    if (!fresh && format < 3) this.#drop(lane); // a new header in the middle of a message: the peer gave that one up
    if (format < 3) {
      lane.extended = extended;
      lane.delta = extended ?? u24(input, at);
    }
    if (format < 2) {
      lane.length = u24(input, at + 3);
      lane.type = input[at + 6]!;
    }
    if (format === 0) {
      lane.streamId = (input[at + 7]! | (input[at + 8]! << 8) | (input[at + 9]! << 16) | (input[at + 10]! << 24)) >>> 0;
      lane.timestamp = lane.delta;
    } else if (fresh || format < 3) {
      lane.timestamp = (lane.timestamp + lane.delta) >>> 0;
    }
    if (lane.length > this.limits.message) {
      throw new ProtocolError(
        `An RTMP message of ${lane.length} bytes is above the limit of ${this.limits.message}.`,
        'limit-exceeded',
      );
    }
  }

  /** Takes what there is of the current chunk; the message that it completes, if it does. */
  #payload(): Message | undefined {
    const lane = this.#lane!;
    const start = this.#at;
    const count = Math.min(this.#left, this.#input.length - start);
    this.#at += count;
    if (lane.received === 0 && count === lane.length) {
      this.#lane = undefined;
      return this.#finish(lane, this.#keep(start, count));
    }
    this.#store(lane, this.#input.subarray(start, start + count));
    this.#left -= count;
    if (this.#left > 0) return undefined;
    this.#lane = undefined;
    if (lane.received < lane.length) return undefined;
    const body = concatBytes(lane.pieces);
    this.#drop(lane);
    return this.#finish(lane, body);
  }

  /** A view keeps all of the input alive, so only a part that is most of it is not copied. */
  #keep(start: number, count: number): Uint8Array {
    const part = this.#input.subarray(start, start + count);
    if (count * MOST >= this.#input.length) return part;
    const body = this.#blocks.allocate(count);
    body.set(part);
    return body;
  }

  #store(lane: Lane, bytes: Uint8Array): void {
    this.#partial += bytes.length;
    if (this.#partial > this.limits.partial) {
      throw new ProtocolError(
        `Unfinished RTMP messages are above the limit of ${this.limits.partial} bytes.`,
        'limit-exceeded',
      );
    }
    let done = 0;
    while (done < bytes.length) {
      if (lane.room === 0) this.#grow(lane, bytes.length - done);
      const piece = lane.pieces.at(-1)!;
      const part = bytes.subarray(done, done + lane.room);
      piece.set(part, piece.length - lane.room);
      lane.room -= part.length;
      lane.received += part.length;
      done += part.length;
    }
  }

  /** Makes room for `more` bytes at once, or for some of them. */
  #grow(lane: Lane, more: number): void {
    const wanted = Math.max(FIRST_PIECE, Math.min(PIECE, GROWTH * (lane.received + more)));
    lane.room = Math.min(lane.length - lane.received, wanted);
    lane.pieces.push(this.#blocks.allocate(lane.room));
  }

  /** A message without a body says nothing, whatever its type. */
  #finish(lane: Lane, body: Uint8Array): Message | undefined {
    const { type, streamId, timestamp } = lane;
    if (type === messageType.setChunkSize) this.#setChunkSize(body);
    else if (type === messageType.abort) this.#abort(body);
    else if (body.length > 0) return { type, streamId, timestamp, body };
    return undefined;
  }

  #setChunkSize(body: Uint8Array): void {
    if (body.length < 4) throw new ProtocolError('An RTMP Set Chunk Size message is too short.');
    const size = u32(body, 0) & 0x7fff_ffff;
    if (size === 0) throw new ProtocolError('The RTMP chunk size must not be 0.');
    this.#chunkSize = Math.min(size, MAX_CHUNK);
  }

  #abort(body: Uint8Array): void {
    const lane = body.length < 4 ? undefined : this.#lanes.get(u32(body, 0));
    if (lane) this.#drop(lane);
  }

  #drop(lane: Lane): void {
    this.#partial -= lane.received;
    lane.pieces = [];
    lane.received = 0;
    lane.room = 0;
  }

  #open(id: number): Lane {
    if (this.#lanes.size >= this.limits.chunkStreams) {
      throw new ProtocolError(`More than ${this.limits.chunkStreams} RTMP chunk streams.`, 'limit-exceeded');
    }
    const lane = {
      timestamp: 0,
      delta: 0,
      length: 0,
      type: 0,
      streamId: 0,
      extended: undefined,
      pieces: [],
      received: 0,
      room: 0,
    };
    this.#lanes.set(id, lane);
    return lane;
  }

  #count(now: number): void {
    if (now - this.#second.start >= SECOND) this.#second = { start: now, chunks: 0 };
    if (++this.#second.chunks > this.limits.chunkRate) {
      throw new ProtocolError(
        `More than ${this.limits.chunkRate} RTMP chunks of fewer than 128 bytes in a second.`,
        'limit-exceeded',
      );
    }
  }
}

function u24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

function u32(bytes: Uint8Array, at: number): number {
  return (u24(bytes, at) * 256 + bytes[at + 3]!) >>> 0;
}
