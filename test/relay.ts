import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * Stands between a peer and the server. `freeze` is a pulled cable: what runs through it now stays open on both sides
 * and nothing passes any more, while new connections are as good as ever.
 */
export class Relay {
  port = 0;
  readonly #pairs = new Set<[Socket, Socket]>();
  #server: Server | undefined;

  static async to(port: number): Promise<Relay> {
    const relay = new Relay();
    const server = createServer((peer) => {
      const inner = connect(port, '127.0.0.1');
      const pair: [Socket, Socket] = [peer, inner];
      relay.#pairs.add(pair);
      peer.pipe(inner).pipe(peer);
      for (const socket of pair) {
        socket.on('error', () => {});
        socket.on('close', () => relay.#pairs.delete(pair));
      }
    });
    relay.#server = server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      relay.cut();
    });
    const address = server.address();
    if (address !== null && typeof address !== 'string') relay.port = address.port;
    return relay;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Ends what is connected now, as a network does that has lost its state. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Ends what is connected, and refuses what comes, until the function that it gives is called. */
  close(): () => Promise<void> {
    const { port } = this;
    this.#server?.close();
    this.cut();
    return async () => {
      this.#server?.listen(port, '127.0.0.1');
      if (this.#server) await once(this.#server, 'listening');
    };
  }

  /** Pulls the cable of everything that is connected now. The server's side is told when it was closed there. */
  freeze(): Socket[] {
    return [...this.#pairs].map(([peer, inner]) => {
      peer.unpipe(inner);
      inner.unpipe(peer);
      peer.pause();
      inner.resume();
      return inner;
    });
  }
}
