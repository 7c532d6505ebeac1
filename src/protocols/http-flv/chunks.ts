import { madeOnce } from '../../io/made-once.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';

const encoder = new TextEncoder();
const LINE_END = encoder.encode('\r\n');

/** Ends a body in chunks. */
export const LAST_CHUNK: Uint8Array = encoder.encode('0\r\n\r\n');

/** Chunked framing (RFC 9112 §7.1), made once for a buffer, however many viewers it goes to. */
export function chunks(): (bytes: Uint8Array) => Uint8Array {
  return madeOnce((bytes) => concatBytes([encoder.encode(`${bytes.length.toString(16)}\r\n`), bytes, LINE_END]));
}
