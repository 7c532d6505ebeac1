/** Bytes of a chunk header with one byte of chunk stream id, and of an extended timestamp (5.3.1). */
const FULL_HEADER = 12;
const EXTENSION = 4;
const EXTENDED = 0xff_ffff;
const CONTINUED = 0xc0;

/** Large enough that most pictures are one chunk, and what players are known to take. */
export const OUT_CHUNK: number = 65_536;

export interface Outgoing {
  /** 2 to 63. */
  chunkStream: number;
  type: number;
  streamId: number;
  /** ms; written modulo 2^32. */
  timestamp: number;
  /** The body may be given in two parts, so that a frame is copied once. */
  head: Uint8Array;
  data?: Uint8Array;
}

/** Gives room for so many bytes. */
export type Allocate = (length: number) => Uint8Array;

const EMPTY = new Uint8Array(0);
const allocateAlone: Allocate = (length) => new Uint8Array(length);

/**
 * One whole message with a full header (format 0), so that its bytes depend on nothing sent before and can be shared by
 * all players. The extended timestamp is repeated on each further chunk, as players expect.
 */
export function writeMessage(
  message: Outgoing,
  chunkSize: number = OUT_CHUNK,
  allocate: Allocate = allocateAlone,
): Uint8Array {
  const { chunkStream, head, data = EMPTY } = message;
  const length = head.length + data.length;
  const time = message.timestamp >>> 0;
  const extended = time >= EXTENDED;
  const start = extended ? FULL_HEADER + EXTENSION : FULL_HEADER;
  const further = length === 0 ? 0 : Math.ceil(length / chunkSize) - 1;
  const bytes = allocate(start + length + further * (1 + start - FULL_HEADER));
  writeHeader(bytes, message, { time: extended ? EXTENDED : time, length });
  if (extended) writeU32(bytes, FULL_HEADER, time);
  if (further === 0) {
    bytes.set(head, start);
    bytes.set(data, start + head.length);
    return bytes;
  }
  let at = start;
  let left = chunkSize;
  for (const part of [head, data]) {
    let done = 0;
    while (done < part.length) {
      if (left === 0) {
        bytes[at++] = CONTINUED | chunkStream;
        if (extended) writeU32(bytes, at, time);
        at += start - FULL_HEADER;
        left = chunkSize;
      }
      const piece = part.subarray(done, done + left);
      bytes.set(piece, at);
      at += piece.length;
      left -= piece.length;
      done += piece.length;
    }
  }
  return bytes;
}

/** Byte by byte: this is done for every frame, and a view would be one more object for each. */
function writeHeader(
  bytes: Uint8Array,
  { chunkStream, type, streamId }: Outgoing,
  { time, length }: { time: number; length: number },
): void {
  bytes[0] = chunkStream;
  bytes[1] = time >> 16;
  bytes[2] = time >> 8;
  bytes[3] = time;
  bytes[4] = length >> 16;
  bytes[5] = length >> 8;
  bytes[6] = length;
  bytes[7] = type;
  bytes[8] = streamId;
  bytes[9] = streamId >>> 8;
  bytes[10] = streamId >>> 16;
  bytes[11] = streamId >>> 24;
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
