import { concatBytes } from '../../media/bytes/bytes.ts';

const encoder = new TextEncoder();
const LINE_END = encoder.encode('\r\n');

/** Ends a body in chunks. */
export const LAST_CHUNK: Uint8Array = encoder.encode('0\r\n\r\n');

/** A piece of a body as a chunk (RFC 9112 §7.1). */
export function chunkOf(bytes: Uint8Array): Uint8Array {
  return concatBytes([encoder.encode(`${bytes.length.toString(16)}\r\n`), bytes, LINE_END]);
}
