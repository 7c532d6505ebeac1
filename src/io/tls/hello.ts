/** The protocol in which an authority looks for the answer to its challenge (RFC 8737 §3). */
export const ACME_PROTOCOL = 'acme-tls/1';

/** Record type of a handshake (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;
const RECORD_HEADER = 5;
/** The most that a record carries in the clear (RFC 8446 §5.1). */
const MAX_RECORD = 2 ** 14;

/**
 * What the first bytes of a connection are: the whole first record of a client's hello (`tls`), the beginning of one
 * (`more`), or something else (`other`). Nothing is kept for a client until its hello is there.
 */
export function readHello(bytes: Uint8Array): 'tls' | 'more' | 'other' {
  const [type, major, , high = 0, low = 0] = bytes;
  if (type === undefined) return 'more';
  if (type !== HANDSHAKE || (major !== undefined && major !== 3)) return 'other';
  if (bytes.length < RECORD_HEADER) return 'more';
  const length = high * 256 + low;
  if (length === 0 || length > MAX_RECORD) return 'other';
  return bytes.length < RECORD_HEADER + length ? 'more' : 'tls';
}
