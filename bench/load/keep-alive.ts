import { connect, type Socket } from 'node:net';
import { clock } from './stamp.ts';

export interface Answer {
  status: number;
  head: string;
  /** Empty where it was not to be kept. */
  body: Buffer;
  /** Bytes of the body. */
  size: number;
  /** Monotonic µs at which its last byte was read. */
  at: number;
}

export interface RequestOptions {
  /** Lines of the request beside the first and `Host`. */
  headers?: readonly string[];
  /** Keep the body; otherwise it is counted. */
  keep?: boolean;
}

/** All connections read into it; what is kept is copied. */
const buffer = Buffer.allocUnsafe(256 * 1024);
const NOTHING = Buffer.alloc(0);
const LENGTH = /^content-length: *(\d+)/im;

/** A connection of HTTP/1.1 that is used for one request after another. It is opened with the first, and anew where it was closed. */
export class KeepAlive {
  readonly #port: number;
  #socket: Socket | undefined;
  #waiting: { answer: (answer: Answer) => void; fail: (error: Error) => void; keep: boolean } | undefined;
  #head: Buffer = NOTHING;
  /** Of the answer that is being read. */
  #status: { status: number; head: string; size: number } | undefined;
  #body: Buffer[] = [];
  #left = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * Rejects where the connection ends before the answer does. What follows an answer is done once all that has come by
   * then was read: a thousand answers that come at once are not late because of what is asked next.
   */
  get(path: string, { headers = [], keep = false }: RequestOptions = {}): Promise<Answer> {
    const socket = (this.#socket ??= this.#open());
    const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${this.#port}`, ...headers, '', ''];
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting = { answer: resolve, fail: reject, keep };
    socket.write(lines.join('\r\n'));
    return promise;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const callback = (size: number): boolean => {
      this.#take(buffer.subarray(0, size));
      return true;
    };
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      const waiting = this.#waiting;
      this.#waiting = this.#status = undefined;
      waiting?.fail(new Error('The server closed the connection.'));
    });
    return socket;
  }

  #take(bytes: Buffer): void {
    const at = clock();
    let rest = bytes;
    if (!this.#status) {
      const seen = this.#head.length > 0 ? Buffer.concat([this.#head, bytes]) : bytes;
      const end = seen.indexOf('\r\n\r\n');
      this.#head = end < 0 ? Buffer.from(seen) : NOTHING;
      if (end < 0) return;
      const head = seen.toString('latin1', 0, end);
      this.#left = Number(LENGTH.exec(head)?.[1] ?? 0);
      this.#status = { status: Number(head.slice(9, 12)), head, size: this.#left };
      rest = seen.subarray(end + 4);
    }
    this.#left -= rest.length;
    if (this.#waiting?.keep) this.#body.push(Buffer.from(rest));
    if (this.#left > 0) return;
    const answer = { ...this.#status, body: Buffer.concat(this.#body), at };
    const waiting = this.#waiting;
    this.#waiting = this.#status = undefined;
    this.#body = [];
    if (waiting) setImmediate(waiting.answer, answer);
  }
}

/** The value of a header in the head of an answer; `name` in small letters. */
export function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim();
}
