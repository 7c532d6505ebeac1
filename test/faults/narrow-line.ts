import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A slow line between a viewer and the server: what comes from the server passes at so many bytes a second. */
export class NarrowLine {
  port = 0;
  /** Bytes a second; Infinity when the line is fast again. */
  rate: number;
  readonly #sockets = new Set<Socket>();

  private constructor(rate: number) {
    this.rate = rate;
  }

  static async to(port: number, rate: number): Promise<NarrowLine> {
    const line = new NarrowLine(rate);
    const server = createServer((peer) => line.#join(peer, connect({ port, host: '127.0.0.1' })));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      for (const socket of line.#sockets) socket.destroy();
    });
    const address = server.address();
    if (address !== null && typeof address !== 'string') line.port = address.port;
    return line;
  }

  #join(peer: Socket, inner: Socket): void {
    peer.pipe(inner);
    for (const socket of [peer, inner]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    }
    inner.on('data', (bytes: Buffer) => {
      peer.write(bytes);
      if (this.rate === Infinity) return;
      inner.pause();
      setTimeout(() => inner.resume(), Math.min(5000, (bytes.length / this.rate) * 1000));
    });
    inner.on('end', () => peer.end());
    inner.on('close', () => peer.destroy());
  }
}
