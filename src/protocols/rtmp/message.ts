/** Messages of RTMP (Adobe RTMP 1.0, 5.4 and 7.1). */

export const messageType = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowSize: 5,
  peerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  data: 18,
  command: 20,
  aggregate: 22,
} as const;

/** User control events (7.1.7). */
export const controlEvent = {
  streamBegin: 0,
  streamEof: 1,
  streamDry: 2,
  setBufferLength: 3,
  ping: 6,
  pong: 7,
} as const;

/** The chunk streams that our own messages go out on; 2 is reserved for protocol control (5.3.1.1). */
export const chunkStream = { control: 2, command: 3, audio: 4, data: 5, video: 6 } as const;

/** The one message stream of a connection. Every player has the same, so that media bytes are shared. */
export const MEDIA_STREAM = 1;

export interface Message {
  type: number;
  streamId: number;
  /** ms, unsigned 32 bits. */
  timestamp: number;
  body: Uint8Array;
}

export function u32(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value));
  return bytes;
}

/** The body of a user control message: event type and one number. */
export function userControl(event: number, value: number): Uint8Array {
  const bytes = new Uint8Array(6);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, event);
  view.setUint32(2, value);
  return bytes;
}

/**
 * Splits an aggregate message (7.1.6) into the sounds, pictures and data in it. Their times are offset so that the first
 * part has the message's own.
 */
export function* splitAggregate(message: Message): Generator<Message> {
  const { body } = message;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let offset = 0;
  let base: number | undefined;
  while (offset + 11 <= body.length) {
    const type = body[offset]!;
    const size = view.getUint32(offset) & 0xff_ffff;
    const time = ((view.getUint32(offset + 4) >>> 8) | (body[offset + 7]! << 24)) >>> 0;
    const start = offset + 11;
    if (start + size > body.length) return;
    base ??= time;
    const timestamp = (message.timestamp + time - base) >>> 0;
    const carried = type === messageType.audio || type === messageType.video || type === messageType.data;
    if (carried) yield { type, streamId: message.streamId, timestamp, body: body.subarray(start, start + size) };
    offset = start + size + 4;
  }
}
