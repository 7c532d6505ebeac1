import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** An answer, as it came from the wire. */
export interface PipedAnswer {
  status: number;
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

/** One connection that asks without waiting for answers (RFC 9112, 9.3.2), and reads them by their lengths. */
export class Pipeline {
  /** In the order of the requests. */
  readonly answers: PipedAnswer[] = [];
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      while (this.#takeAnswer());
    });
    onTestFinished(() => void socket.destroy());
  }

  static async open(port: number): Promise<Pipeline> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Pipeline(socket);
  }

  /** Bytes that are no whole answer yet. */
  get left(): number {
    return this.#bytes.length;
  }

  ask(paths: readonly string[], header = ''): void {
    this.#socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n${header}\r\n`).join(''));
  }

  #takeAnswer(): boolean {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [line = '', ...lines] = this.#bytes.subarray(0, end).toString('latin1').split('\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(line) ?? [];
    if (status === undefined) throw new Error(`“${line}” is no answer.`);
    const headers = new Map(
      lines.map((one): [string, string] => {
        const [name = '', ...value] = one.split(':');
        return [name.toLowerCase(), value.join(':').trim()];
      }),
    );
    const from = end + 4;
    const to = from + Number(headers.get('content-length'));
    if (!(this.#bytes.length >= to)) return false;
    this.answers.push({ status: Number(status), headers, body: this.#bytes.subarray(from, to) });
    this.#bytes = this.#bytes.subarray(to);
    return true;
  }
}
