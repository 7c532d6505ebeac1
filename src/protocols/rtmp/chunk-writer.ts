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

/**
 * One whole message with a full header (format 0), so that its bytes depend on nothing sent before and can be shared by
 * all players. The extended timestamp is repeated on each further chunk, as players expect.
 */
export function writeMessage(message: Outgoing, chunkSize: number = OUT_CHUNK): Uint8Array {
  const { chunkStream, type, streamId, head, data } = message;
  const length = head.length + (data?.length ?? 0);
  const time = message.timestamp >>> 0;
  const extended = time >= EXTENDED;
  const extension = extended ? EXTENSION : 0;
  const further = length === 0 ? 0 : Math.ceil(length / chunkSize) - 1;
  const bytes = new Uint8Array(FULL_HEADER + extension + length + further * (1 + extension));
  const view = new DataView(bytes.buffer);
  bytes[0] = chunkStream;
  view.setUint32(1, (extended ? EXTENDED : time) << 8);
  view.setUint32(4, (length << 8) | type);
  view.setUint32(8, streamId, true);
  let at = FULL_HEADER;
  if (extended) view.setUint32(at, time);
  at += extension;
  let left = chunkSize;
  for (const part of data ? [head, data] : [head]) {
    let done = 0;
    while (done < part.length) {
      if (left === 0) {
        bytes[at++] = CONTINUED | chunkStream;
        if (extended) view.setUint32(at, time);
        at += extension;
        left = chunkSize;
      }
      const piece = done === 0 && part.length <= left ? part : part.subarray(done, done + left);
      bytes.set(piece, at);
      at += piece.length;
      left -= piece.length;
      done += piece.length;
    }
  }
  return bytes;
}
