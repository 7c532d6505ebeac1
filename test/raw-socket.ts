import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** How long an answer may take. ms */
const PATIENCE = 3000;

/** One frame as it was received (RFC 6455 §5.2). */
export interface RawFrame {
  first: number;
  payload: Buffer;
}

/** A port of this machine, behind which TLS may be spoken. */
export type Port = number | { port: number; secure: boolean };

/** A TCP connection that says exactly what it is told to, for peers that no library would imitate. */
export class RawSocket {
  readonly socket: Socket;
  /** Everything received so far that was not taken. */
  received: Buffer = Buffer.alloc(0);
  ended = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.#wake?.();
    });
    const end = (): void => {
      this.ended = true;
      this.#wake?.();
    };
    socket.on('close', end);
    socket.on('end', end);
    socket.on('error', end);
  }

  static async open(at: Port): Promise<RawSocket> {
    const { port, secure } = typeof at === 'number' ? { port: at, secure: false } : at;
    const options = { port, host: '127.0.0.1', noDelay: true };
    const socket = secure ? connectSecurely({ ...options, rejectUnauthorized: false }) : connect(options);
    const ready = secure ? 'secureConnect' : 'connect';
    await new Promise<void>((resolve, reject) => socket.once(ready, () => resolve()).once('error', reject));
    return new RawSocket(socket);
  }

  /** Sends a request for a WebSocket; give `undefined` for a header to leave it out. */
  static async upgrade(
    port: Port,
    path: string,
    headers: Record<string, string | undefined> = {},
    method = 'GET',
    version = '1.1',
  ): Promise<RawSocket> {
    const raw = await RawSocket.open(port);
    const all: Record<string, string | undefined> = {
      Host: `127.0.0.1:${typeof port === 'number' ? port : port.port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      ...headers,
    };
    const lines = Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${value}\r\n`],
    );
    raw.write(`${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`);
    return raw;
  }

  /** The same, and the answer has to be yes. */
  static async webSocket(
    port: Port,
    path: string,
    headers: Record<string, string | undefined> = {},
  ): Promise<RawSocket> {
    const raw = await RawSocket.upgrade(port, path, headers);
    const { status } = await raw.head();
    if (status !== 101) throw new Error(`the upgrade was answered with ${status}`);
    return raw;
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Status, its words and the headers of an HTTP answer. */
  async head(): Promise<{ status: number; reason: string; headers: Record<string, string> }> {
    await this.#until(() => this.received.includes('\r\n\r\n'));
    const end = this.received.indexOf('\r\n\r\n');
    const [line = '', ...rest] = this.received.subarray(0, end).toString('latin1').split('\r\n');
    this.received = this.received.subarray(end + 4);
    const headers = Object.fromEntries(
      rest.map((text) => [text.slice(0, text.indexOf(':')).toLowerCase(), text.slice(text.indexOf(':') + 1).trim()]),
    ) as Record<string, string>;
    const [, status, ...reason] = line.split(' ');
    return { status: Number(status), reason: reason.join(' '), headers };
  }

  /** Everything until the server closes. */
  async rest(): Promise<Buffer> {
    await this.#until(() => this.ended, true);
    return this.received;
  }

  /** Sends one frame as a client does, masked. `first`: FIN, RSV and opcode. */
  frame(first: number, payload: string | Uint8Array = '', { masked = true }: { masked?: boolean } = {}): void {
    this.write(clientFrame(first, payload, { masked }));
  }

  /** The next frame. */
  async next(): Promise<RawFrame> {
    for (;;) {
      const frame = this.take();
      if (frame) return frame;
      if (this.ended) throw new Error('the server closed without another frame');
      await this.#until(() => this.ended || this.received.length > 0, true, this.received.length);
    }
  }

  /** The next text message, read as JSON. */
  async message(type?: string): Promise<Record<string, unknown>> {
    for (;;) {
      const { first, payload } = await this.next();
      if (first !== 0x81) continue;
      const message = JSON.parse(payload.toString()) as Record<string, unknown>;
      if (type === undefined || message['type'] === type) return message;
    }
  }

  /** Skips all else until the close frame. Gives its code, or 1006 where the socket just went. */
  async closed(): Promise<{ code: number; reason: string }> {
    for (;;) {
      let frame: RawFrame;
      try {
        frame = await this.next();
      } catch {
        return { code: 1006, reason: '' };
      }
      if (frame.first !== 0x88) continue;
      const code = frame.payload.length >= 2 ? frame.payload.readUInt16BE() : 1005;
      return { code, reason: frame.payload.subarray(2).toString() };
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** A frame that is there already. */
  take(): RawFrame | undefined {
    const bytes = this.received;
    if (bytes.length < 2) return undefined;
    let length = bytes[1]! & 0x7f;
    let at = 2;
    if (length === 126) {
      if (bytes.length < 4) return undefined;
      length = bytes.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return undefined;
      length = Number(bytes.readBigUInt64BE(2));
      at = 10;
    }
    if (bytes.length < at + length) return undefined;
    this.received = bytes.subarray(at + length);
    return { first: bytes[0]!, payload: bytes.subarray(at, at + length) };
  }

  async #until(done: () => boolean, patient = false, seen = -1): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    const more = (): boolean => done() && (seen < 0 || this.ended || this.received.length !== seen);
    while (!more()) {
      if (this.ended && !patient)
        throw new Error(`the server closed after “${this.received.toString('latin1').slice(0, 200)}”`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error('the server did not answer in time');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

export interface ClientFrameOptions {
  masked?: boolean;
  mask?: Uint8Array;
}

/** One frame as a client sends it. */
export function clientFrame(
  first: number,
  payload: string | Uint8Array = '',
  options: ClientFrameOptions = {},
): Buffer {
  const { masked = true, mask = randomBytes(4) } = options;
  const body = Buffer.from(payload);
  const flag = masked ? 0x80 : 0;
  let head: Buffer;
  if (body.length < 126) head = Buffer.from([first, flag | body.length]);
  else if (body.length < 65_536) {
    head = Buffer.from([first, flag | 126, body.length >> 8, body.length & 0xff]);
  } else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = flag | 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  if (!masked) return Buffer.concat([head, body]);
  for (let i = 0; i < body.length; i++) body[i]! ^= mask[i & 3]!;
  return Buffer.concat([head, mask, body]);
}
