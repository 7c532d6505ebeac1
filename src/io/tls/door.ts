import { AsyncLocalStorage } from 'node:async_hooks';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import { RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Logger } from '../../log.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { SECOND } from '../../media/time.ts';
import { Connections } from '../connections.ts';
import { listen } from '../listen.ts';
import { plainAddress, type Proxies } from '../request.ts';
import type { Seats } from '../seats.ts';
import { ACME_PROTOCOL, readHello } from './hello.ts';
import type { Tls } from './tls.ts';

/**
 * Handshakes under way at once: each holds some 90 KiB of OpenSSL’s. While there are few nobody is hurried. Beyond, who
 * takes longer than any person’s browser gives way to who comes, and at the most the oldest does, whoever it is.
 */
const FEW_HANDSHAKES = 500;
const MOST_HANDSHAKES = 2000;
/** Two round trips and a busy machine at both ends take less. */
const PATIENCE = 2 * SECOND;
/** A peer that says nothing is asked by TCP whether it is still there after this long, ms. */
const KEEP_ALIVE_MS = 20_000;

export interface TlsDoorOptions {
  tls: Pick<Tls, 'server'>;
  /** For the log: `https`. */
  protocol: string;
  /** What is spoken behind the door (ALPN), the best first. */
  speaks: readonly string[];
  log: Logger;
  scheduler: Scheduler;
  proxies: Proxies;
  seats: Seats;
  maxConnections: number;
  pendingPerAddress: number;
  /** ms from connecting to the end of the handshake. */
  handshakeMs: number;
  /** A handshake is done; the connection counts with whoever takes it. */
  accept(socket: TLSSocket): void;
  /** Somebody speaks without TLS. Closed at once by default. */
  plain?(socket: Socket): void;
}

/** Listens, and does the handshakes of TLS: a client that does not get through costs little, and soon nothing. */
export class TlsDoor {
  /** Where connections come from. */
  readonly listener: Server;
  readonly #options: TlsDoorOptions;
  readonly #handshakes: TlsServer;
  readonly #connections: Connections<Socket>;
  /** Those whose hello has come, by their place, the oldest first. */
  readonly #shaking = new Map<string, { socket: Socket; since: number }>();
  /** Where a handshake comes from, for what becomes of it: a socket that is gone knows it no more. */
  readonly #from = new AsyncLocalStorage<string | undefined>();
  readonly #closed = Promise.withResolvers<void>();

  constructor(options: TlsDoorOptions) {
    const { tls, speaks, maxConnections } = options;
    this.#options = options;
    this.#connections = new Connections({
      ...options,
      firstMs: options.handshakeMs,
      late: (socket) => this.#refuse(socket, new RoomcastError('time-out', 'The TLS handshake took too long.')),
    });
    this.#handshakes = tls.server(speaks);
    this.#handshakes.on('secureConnection', (socket) => this.#secured(socket));
    this.#handshakes.on('tlsClientError', (error, socket) => this.#failed(error, socket));
    const keepAlive = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.listener = createServer(keepAlive, (socket) => this.#enter(socket));
    this.listener.maxConnections = maxConnections;
    this.listener.on('close', () => this.#closed.resolve());
    this.listener.on('drop', () => this.#connections.dropped());
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  async listen(address: { host?: string | undefined; port: number }): Promise<AddressInfo> {
    const { log, protocol } = this.#options;
    const bound = await listen(this.listener, address);
    this.listener.on('error', (error) => log.error({ error: error.message }, `${protocol} listener failed`));
    return bound;
  }

  /** Takes nobody new, and ends the handshakes under way. */
  drain(): void {
    this.listener.close();
    this.#connections.drain();
  }

  /** Resolves, once it is drained, when every connection that came through the door is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Ends what it does besides. */
  close(): void {
    this.#connections.close();
  }

  #enter(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (!this.#connections.enter(socket, socket.remoteAddress ?? '')) return;
    const place = placeOf(socket);
    socket.once('close', () => this.#shaking.delete(place));
    let hello: Uint8Array = new Uint8Array(0);
    const read = (bytes: Buffer): void => {
      hello = hello.length === 0 ? bytes : concatBytes([hello, bytes]);
      const kind = readHello(hello);
      if (kind === 'more') return;
      socket.off('data', read);
      socket.pause();
      if (kind === 'tls') this.#shake(socket, place, hello);
      else this.#plain(socket);
    };
    socket.on('data', read);
  }

  #shake(socket: Socket, place: string, hello: Uint8Array): void {
    const now = this.#options.scheduler.now();
    for (const [oldest, { socket: other, since }] of this.#shaking) {
      const { size } = this.#shaking;
      if (size < FEW_HANDSHAKES || (size < MOST_HANDSHAKES && now - since < PATIENCE)) break;
      this.#shaking.delete(oldest);
      other.destroy();
    }
    this.#shaking.set(place, { socket, since: now });
    socket.unshift(hello);
    this.#from.run(socket.remoteAddress, () => this.#handshakes.emit('connection', socket));
  }

  #secured(socket: TLSSocket): void {
    const place = placeOf(socket);
    const raw = this.#shaking.get(place)?.socket;
    this.#shaking.delete(place);
    if (!raw || raw.destroyed) {
      socket.destroy();
      return;
    }
    this.#connections.leave(raw);
    if (socket.alpnProtocol === ACME_PROTOCOL) socket.end();
    else this.#options.accept(socket);
  }

  #plain(socket: Socket): void {
    const { plain } = this.#options;
    this.#tell(socket.remoteAddress, new RoomcastError('bad-request', 'These bytes are no TLS.'));
    if (plain) plain(socket);
    else socket.destroy();
  }

  #failed(error: Error, socket: TLSSocket): void {
    const { code } = error as { code?: string };
    // A client that went away has said all that there is to say.
    if (code === 'ECONNRESET') return;
    const refusal = new RoomcastError('bad-request', `The TLS handshake failed: ${reason(error)}.`);
    this.#tell(socket.remoteAddress ?? this.#from.getStore(), refusal);
  }

  #refuse(socket: Socket, error: RoomcastError): void {
    this.#tell(socket.remoteAddress, error);
    socket.destroy();
  }

  #tell(address: string | undefined, { code, message }: RoomcastError): void {
    const { log, protocol } = this.#options;
    log.info({ protocol, remote: plainAddress(address ?? ''), code }, message);
  }
}

/** What tells the connections of one listener apart. */
function placeOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** OpenSSL's own word for it, `unsupported protocol`, without its numbers. */
function reason(error: Error & { reason?: string }): string {
  return error.reason ?? error.message.slice(0, 100);
}
