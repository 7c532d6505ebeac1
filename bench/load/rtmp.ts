/** As much of RTMP as a load needs: fixed requests, and the chunk headers of messages. */

/** What OBS sends. */
export const CHUNK_BYTES = 4096;
/** C1 and S1, S2 (specification 5.2.3). */
export const HANDSHAKE_BYTES = 1536;
const HEADER_BYTES = 12;
const FIRST_CHUNK_BYTES = 128;
/** The stream id that servers give to the first createStream. */
const STREAM_ID = 1;

export interface Message {
  chunkStream: number;
  type: number;
  streamId?: number;
  /** ms */
  time?: number;
  body: Buffer;
  chunkBytes?: number;
}

/** One message in chunks: a full header first, then type 3 ones. */
export function message({
  chunkStream,
  type,
  streamId = 0,
  time = 0,
  body,
  chunkBytes = CHUNK_BYTES,
}: Message): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = chunkStream;
  header.writeUIntBE(time, 1, 3);
  header.writeUIntBE(body.length, 4, 3);
  header[7] = type;
  header.writeUInt32LE(streamId, 8);
  const parts: Buffer[] = [header];
  for (let at = 0; at < body.length; at += chunkBytes) {
    if (at > 0) parts.push(Buffer.of(0xc0 | chunkStream));
    parts.push(body.subarray(at, at + chunkBytes));
  }
  return Buffer.concat(parts);
}

/** Where byte `index` of a body stands in what `message` made. */
export function placeOf(index: number): number {
  return HEADER_BYTES + index + Math.floor(index / CHUNK_BYTES);
}

/** C0 and C1 of the plain handshake. */
export function hello(): Buffer {
  const bytes = Buffer.alloc(1 + HANDSHAKE_BYTES);
  bytes[0] = 3;
  return bytes;
}

/** Everything a publisher says before its first frame, sent in one go after the server's handshake. */
export function publishRequest(app: string, name: string): Buffer {
  return Buffer.concat([
    Buffer.alloc(HANDSHAKE_BYTES),
    connect(app),
    chunkSize(),
    command(['releaseStream', 2, null, name]),
    command(['FCPublish', 3, null, name]),
    command(['createStream', 4, null]),
    command(['publish', 5, null, name, 'live'], STREAM_ID),
  ]);
}

/** The same for a player. */
export function playRequest(app: string, name: string): Buffer {
  const chunkBytes = FIRST_CHUNK_BYTES;
  const bufferLength = Buffer.from('0003000000010000000a', 'hex');
  return Buffer.concat([
    Buffer.alloc(HANDSHAKE_BYTES),
    connect(app),
    message({ chunkStream: 2, type: 5, body: Buffer.from('004c4b40', 'hex') }),
    command(['createStream', 2, null], 0, chunkBytes),
    command(['play', 3, null, name, -2000], STREAM_ID, chunkBytes),
    message({ chunkStream: 2, type: 4, body: bufferLength }),
  ]);
}

export function acknowledgement(bytes: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(bytes >>> 0);
  return message({ chunkStream: 2, type: 3, body });
}

/** A frame or metadata of the published stream. */
export function mediaMessage(type: 'audio' | 'video' | 'script', body: Buffer): Buffer {
  const number = type === 'audio' ? 8 : type === 'video' ? 9 : 18;
  return message({ chunkStream: type === 'video' ? 6 : 4, type: number, streamId: STREAM_ID, body });
}

export function setDataFrame(body: Buffer): Buffer {
  return mediaMessage('script', Buffer.concat([amf('@setDataFrame'), body]));
}

function connect(app: string): Buffer {
  const about = { app, type: 'nonprivate', flashVer: 'FMLE/3.0 (compatible; bench)', tcUrl: `rtmp://127.0.0.1/${app}` };
  return command(['connect', 1, about], 0, FIRST_CHUNK_BYTES);
}

function chunkSize(): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(CHUNK_BYTES);
  return message({ chunkStream: 2, type: 1, body });
}

type Value = string | number | null | Record<string, string>;

function command(values: readonly Value[], streamId = 0, chunkBytes: number = CHUNK_BYTES): Buffer {
  return message({ chunkStream: 3, type: 20, streamId, body: Buffer.concat(values.map(amf)), chunkBytes });
}

/** AMF0: strings, numbers, null and objects of strings. */
function amf(value: Value): Buffer {
  if (value === null) return Buffer.of(5);
  if (typeof value === 'string') return Buffer.concat([Buffer.of(2), sized(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  const fields = Object.entries(value).flatMap(([name, text]) => [sized(name), amf(text)]);
  return Buffer.concat([Buffer.of(3), ...fields, Buffer.of(0, 0, 9)]);
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}
