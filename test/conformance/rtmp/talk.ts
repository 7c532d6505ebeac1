import { type AmfValue, decodeAmf0, encodeAmf0 } from '../../../src/containers/amf/index.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { ChunkReader } from '../../../src/protocols/rtmp/chunk-reader.ts';
import { writeMessage } from '../../../src/protocols/rtmp/chunk-writer.ts';
import { type Message, messageType, u32 } from '../../../src/protocols/rtmp/message.ts';

/** Bytes of a handshake packet. */
export const PACKET = 1536;
const LIMITS = { message: 0xff_ffff, partial: 2 ** 25, chunkStreams: 64, chunkRate: Infinity };

/** C0 and C1 of a plain handshake, and C2. */
export const greeting: Uint8Array = concatBytes([Uint8Array.of(3), new Uint8Array(2 * PACKET)]);

/** One message in chunks of the default size. */
export function say(
  type: number,
  body: Uint8Array,
  { timestamp = 0, streamId = 1, chunkStream = 3, chunkSize = 128 }: SayOptions = {},
): Uint8Array {
  return writeMessage({ chunkStream, type, streamId, timestamp, head: body }, chunkSize);
}

export interface SayOptions {
  timestamp?: number;
  streamId?: number;
  chunkStream?: number;
  chunkSize?: number;
}

export function command(...values: AmfValue[]): Uint8Array {
  return say(messageType.command, encodeAmf0(...values));
}

export function connect(offer: Record<string, AmfValue> = {}): Uint8Array {
  return command('connect', 1, { app: 'live', tcUrl: 'rtmp://test/live', ...offer });
}

export function chunkSize(size: number): Uint8Array {
  return say(messageType.setChunkSize, u32(size), { streamId: 0, chunkStream: 2 });
}

/** User control with one number. */
export function userControl(event: number, value: number): Uint8Array {
  return say(messageType.userControl, Uint8Array.of(0, event, ...u32(value)), { streamId: 0, chunkStream: 2 });
}

/** What the server said so far. */
export class Talk {
  readonly messages: Message[] = [];
  /** S0, S1 and S2. */
  handshake: Uint8Array = new Uint8Array(0);
  readonly #chunks = new ChunkReader(LIMITS);

  hear(bytes: Uint8Array): void {
    const missing = 1 + 2 * PACKET - this.handshake.length;
    if (missing > 0) this.handshake = concatBytes([this.handshake, bytes.subarray(0, missing)]);
    this.#chunks.push(bytes.subarray(Math.max(0, missing)));
    for (let message = this.#chunks.next(0); message; message = this.#chunks.next(0)) this.messages.push(message);
  }

  /** Commands with name, transaction and the code or value that follows. */
  get commands(): { name: AmfValue; transaction: AmfValue; code: AmfValue; description: string; level: AmfValue }[] {
    return this.messages
      .filter(({ type }) => type === messageType.command)
      .map(({ body }) => {
        const [name, transaction, , info, ...rest] = decodeAmf0(body);
        const object = (typeof info === 'object' && info !== null ? info : {}) as Record<string, AmfValue>;
        const code = 'code' in object ? object['code'] : (info ?? rest[0]);
        return { name, transaction, code, description: String(object['description'] ?? ''), level: object['level'] };
      });
  }

  /** Codes of what was said in commands. */
  get codes(): AmfValue[] {
    return this.commands.map(({ code }) => code);
  }

  of(type: number): Message[] {
    return this.messages.filter((message) => message.type === type);
  }
}
