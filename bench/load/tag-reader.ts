import { readH2Frame } from './h2.ts';
import { Mp4Reader, TsReader } from './picture-reader.ts';
import { type Container, type Protocol, ways } from './request.ts';
import { readTag, type Tag, TAG_FRAMING, tagOf } from './tag.ts';
import { Unread } from './unread.ts';

/** Bytes of a connection in, complete tags out. */
export interface TagReader {
  push(bytes: Buffer): Tag[];
}

const FILE_HEADER = 13;
const CR = 13;

class FlvReader implements TagReader {
  readonly #unread = new Unread();
  #begun = false;

  push(bytes: Buffer): Tag[] {
    const tags: Tag[] = [];
    this.#unread.push(bytes, (held) => {
      if (!this.#begun) {
        if (held.length < FILE_HEADER) return 0;
        if (held.toString('latin1', 0, 3) !== 'FLV') throw new Error('This is not FLV.');
        this.#begun = true;
        return FILE_HEADER;
      }
      const tag = readTag(held, 0);
      if (!tag) return 0;
      tags.push(tag);
      return TAG_FRAMING + tag.body.length;
    });
    return tags;
  }
}

/** Takes the payloads of HTTP chunks (RFC 9112, 7.1). */
class ChunkedReader implements TagReader {
  readonly #unread = new Unread();
  readonly #body: TagReader;
  #left = 0;

  constructor(body: TagReader) {
    this.#body = body;
  }

  push(bytes: Buffer): Tag[] {
    const tags: Tag[] = [];
    this.#unread.push(bytes, (held) => {
      if (this.#left > 0) {
        const size = Math.min(this.#left, held.length);
        tags.push(...this.#body.push(held.subarray(0, size)));
        this.#left -= size;
        return size;
      }
      // Each chunk but the first has the end of the one before it in front.
      const start = held[0] === CR ? 2 : 0;
      const end = held.indexOf('\r\n', start);
      if (end < 0) return 0;
      this.#left = Number.parseInt(held.toString('latin1', start, end), 16);
      return end + 2;
    });
    return tags;
  }
}

/** Takes an HTTP answer off the front, then hands the body on. */
class HttpReader implements TagReader {
  readonly #unread = new Unread();
  #body: TagReader;
  #begun = false;

  constructor(body: TagReader) {
    this.#body = body;
  }

  push(bytes: Buffer): Tag[] {
    if (this.#begun) return this.#body.push(bytes);
    let rest: Buffer | undefined;
    this.#unread.push(bytes, (held) => {
      const end = held.indexOf('\r\n\r\n');
      if (end < 0 || rest) return 0;
      const head = held.toString('latin1', 0, end);
      if (!/^HTTP\/1\.1 (200|101) /.test(head)) throw new Error(`The server answered ${head.split('\r\n')[0]}.`);
      if (/^transfer-encoding: *chunked/im.test(head)) this.#body = new ChunkedReader(this.#body);
      this.#begun = true;
      rest = held.subarray(end + 4);
      return end + 4;
    });
    return rest && rest.length > 0 ? this.#body.push(rest) : [];
  }
}

/** Takes the payloads of a server's WebSocket frames. */
class SocketReader implements TagReader {
  readonly #unread = new Unread();
  readonly #body: TagReader;

  constructor(body: TagReader) {
    this.#body = body;
  }

  push(bytes: Buffer): Tag[] {
    const tags: Tag[] = [];
    this.#unread.push(bytes, (held) => {
      if (held.length < 10) return 0;
      const short = held[1]! & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      const size = short < 126 ? short : short === 126 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
      if (held.length < head + size) return 0;
      const binary = (held[0]! & 0x0f) <= 2;
      if (binary) tags.push(...this.#body.push(held.subarray(head, head + size)));
      return head + size;
    });
    return tags;
  }
}

/** Takes the DATA frames of an HTTP/2 connection on which one thing was asked for. */
class H2Reader implements TagReader {
  readonly #unread = new Unread();
  readonly #body: TagReader;

  constructor(body: TagReader) {
    this.#body = body;
  }

  push(bytes: Buffer): Tag[] {
    const tags: Tag[] = [];
    this.#unread.push(bytes, (held) => {
      const frame = readH2Frame(held);
      if (frame?.body) tags.push(...this.#body.push(frame.body));
      return frame?.size ?? 0;
    });
    return tags;
  }
}

interface Incoming {
  type: number;
  length: number;
  body: Buffer[];
  size: number;
}

/** Reads messages of a server that writes chunk streams below 64. */
class RtmpReader implements TagReader {
  readonly #unread = new Unread();
  readonly #streams = new Map<number, Incoming>();
  #chunkBytes = 128;
  #greeting: number;

  constructor(greetingBytes: number) {
    this.#greeting = greetingBytes;
  }

  push(bytes: Buffer): Tag[] {
    const tags: Tag[] = [];
    this.#unread.push(bytes, (held) => {
      if (this.#greeting > 0) {
        const size = Math.min(this.#greeting, held.length);
        this.#greeting -= size;
        return size;
      }
      return this.#chunk(held, tags);
    });
    return tags;
  }

  #chunk(held: Buffer, tags: Tag[]): number {
    if (held.length < 12) return 0;
    const format = held[0]! >> 6;
    const id = held[0]! & 0x3f;
    const header = 1 + [11, 7, 3, 0][format]!;
    const incoming = this.#streams.get(id) ?? { type: 0, length: 0, body: [], size: 0 };
    if (format < 2) {
      incoming.length = held.readUIntBE(4, 3);
      incoming.type = held[7]!;
    }
    const extended = format < 3 && held.readUIntBE(1, 3) === 0xffffff ? 4 : 0;
    const size = Math.min(this.#chunkBytes, incoming.length - incoming.size);
    const end = header + extended + size;
    if (held.length < end) return 0;
    this.#streams.set(id, incoming);
    incoming.body.push(held.subarray(end - size, end));
    incoming.size += size;
    if (incoming.size === incoming.length) this.#finish(incoming, tags);
    return end;
  }

  #finish(incoming: Incoming, tags: Tag[]): void {
    const body = Buffer.concat(incoming.body);
    incoming.body = [];
    incoming.size = 0;
    if (incoming.type === 1) this.#chunkBytes = body.readUInt32BE(0);
    if (incoming.type === 8 || incoming.type === 9) tags.push(tagOf(incoming.type === 8 ? 'audio' : 'video', 0, body));
  }
}

const containers: Record<Container, () => TagReader> = {
  flv: () => new FlvReader(),
  ts: () => new TsReader(),
  mp4: () => new Mp4Reader(),
};

/** `greetingBytes`: what an RTMP server sends before its first chunk. */
export function tagReader(protocol: Protocol, greetingBytes: number): TagReader {
  const { over, container } = ways[protocol];
  if (over === 'rtmp') return new RtmpReader(greetingBytes);
  const body = containers[container]();
  if (over === 'h2') return new H2Reader(body);
  return new HttpReader(over === 'websocket' ? new SocketReader(body) : body);
}
