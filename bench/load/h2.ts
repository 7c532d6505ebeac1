/** As much of HTTP/2 (RFC 9113) as a load needs: one request, and no word about what was read. */

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const FRAME_HEADER = 9;
/** The largest window: nothing has to be said of what was read before two gigabytes. */
const WINDOW = 2 ** 31 - 1;
/** The window of a connection before anything was said of it. */
const FIRST_WINDOW = 65_535;
const INITIAL_WINDOW_SIZE = 4;
const STREAM = 1;

const types = { data: 0, headers: 1, settings: 4, windowUpdate: 8 } as const;
const ACK = 1;
const END_STREAM_AND_HEADERS = 5;

/** Everything that a client says who asks for one thing and reads it for good. */
export function h2Greeting(path: string, authority: string): Buffer {
  const settings = Buffer.alloc(6);
  settings.writeUInt16BE(INITIAL_WINDOW_SIZE, 0);
  settings.writeUInt32BE(WINDOW, 2);
  const more = Buffer.alloc(4);
  more.writeUInt32BE(WINDOW - FIRST_WINDOW);
  // Of the static table (RFC 7541, appendix A): `:method: GET`, `:scheme: https`, then the names of `:path`, `:authority`.
  const fields = Buffer.concat([Buffer.of(0x82, 0x87, 0x04), sized(path), Buffer.of(0x01), sized(authority)]);
  return Buffer.concat([
    PREFACE,
    frame(types.settings, settings),
    frame(types.windowUpdate, more),
    frame(types.headers, fields, { flags: END_STREAM_AND_HEADERS, stream: STREAM }),
    frame(types.settings, Buffer.alloc(0), { flags: ACK }),
  ]);
}

/** The frame at the front of what was read, or undefined while it is not complete. `body` is that of a DATA frame. */
export function readH2Frame(bytes: Buffer): { size: number; body: Buffer | undefined } | undefined {
  if (bytes.length < FRAME_HEADER) return undefined;
  const size = FRAME_HEADER + bytes.readUIntBE(0, 3);
  if (bytes.length < size) return undefined;
  return { size, body: bytes[3] === types.data ? bytes.subarray(FRAME_HEADER, size) : undefined };
}

function frame(type: number, body: Buffer, { flags = 0, stream = 0 } = {}): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUIntBE(body.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, body]);
}

/** A string of fewer than 127 bytes, without Huffman's code (RFC 7541, 5.2). */
function sized(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
}
