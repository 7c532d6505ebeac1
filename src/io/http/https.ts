import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RoomcastError } from '../../errors.ts';
import type { Connections } from '../connections.ts';
import { Http2, type Http2Options } from './http2.ts';
import { refuseOnSocket } from '../refusal.ts';
import type { Seats } from '../seats.ts';
import { TlsDoor, type TlsDoorOptions } from '../tls/door.ts';

/** What may be agreed on (RFC 7301); the version before HTTP/1.1 has a name, too, and is the same to us. */
const PROTOCOLS = ['h2', 'http/1.1', 'http/1.0'] as const;

export interface HttpsOptions
  extends Omit<TlsDoorOptions, 'protocol' | 'speaks' | 'accept' | 'plain'>, Omit<Http2Options, 'scheduler'> {
  seats: Seats;
  /** Speaks HTTP/1 on any connection that it is handed. */
  server: Server;
  /** Where connections are counted once they are secure. */
  connections: Connections<Duplex>;
}

/** HTTP over TLS: HTTP/2 where the client knows it, else the same HTTP/1 as without. */
export class Https {
  readonly #door: TlsDoor;
  readonly #http2: Http2;

  constructor(options: HttpsOptions) {
    const { server, connections, seats } = options;
    this.#http2 = new Http2(options);
    this.#door = new TlsDoor({
      ...options,
      protocol: 'https',
      speaks: PROTOCOLS,
      accept: (socket) => {
        // The server for HTTP/1 counts those of its own.
        if (socket.alpnProtocol !== 'h2') server.emit('connection', socket);
        else if (connections.enter(socket, socket.remoteAddress ?? ''))
          this.#http2.take(socket, () => seats.release(socket));
      },
      plain: inWords,
    });
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  listen(address: { host?: string | undefined; port: number }): Promise<AddressInfo> {
    return this.#door.listen(address);
  }

  /** Whether HTTP/2 is spoken on a connection. */
  isHttp2(connection: Duplex): boolean {
    return this.#http2.has(connection);
  }

  /** Takes no new connections, and no new requests on those of HTTP/2. */
  drain(): void {
    this.#door.drain();
    this.#http2.drain();
  }

  /** Resolves, once it is drained, when the last connection is gone. */
  get closed(): Promise<void> {
    return this.#door.closed;
  }

  /** Cuts the handshakes under way; the connections beyond are cut by whoever counts them. */
  close(): void {
    this.#door.close();
  }
}

/** A browser that was sent to this port without https is told so. */
function inWords(socket: Socket): void {
  refuseOnSocket(socket, new RoomcastError('bad-request', 'This port speaks TLS: its address begins with https://.'));
}
