import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Scheduler } from '../live/scheduler.ts';
import type { Logger } from '../log.ts';
import { listen } from './listen.ts';
import { PendingConnections } from './pending.ts';
import { limitKey, plainAddress, type Proxies } from './request.ts';
import type { Seats } from './seats.ts';
import { TlsDoor } from './tls/door.ts';
import type { Tls } from './tls/tls.ts';
import { TurnedAway } from './turned-away.ts';

/** A peer that says nothing is asked by TCP whether it is still there after this long, ms; it is gone about 10 s later. */
const KEEP_ALIVE_MS = 20_000;

type Address = { host?: string | undefined; port: number };

export interface EntranceOptions {
  /** For the log: `rtmp`; over TLS with an `s` behind it. */
  protocol: string;
  /** What clients may name over TLS (ALPN, RFC 7301): who names another came for another server. */
  speaks: readonly string[];
  /** Undefined where nothing listens over TLS. */
  tls: Tls | undefined;
  log: Logger;
  scheduler: Scheduler;
  seats: Seats;
  proxies: Proxies;
  limits: {
    /** In all, of each listener. */
    readonly connections: number;
    /** Of one address that have done nothing yet; 0 is no limit. */
    readonly pendingPerAddress: number;
    /** Of one address, whatever they do; 0, the default, is no limit. */
    readonly perAddress?: number;
    /** s from connecting to the end of a handshake of TLS. */
    readonly handshakeTime: number;
  };
  /** Somebody came. */
  accept(newcomer: Newcomer): void;
}

/** A connection that was let in. */
export interface Newcomer {
  readonly socket: Socket;
  /** Where it comes from, without what maps IPv4 into IPv6. */
  readonly address: string;
  /** It does what it came for, and counts no more among those that have done nothing. */
  admitted(): void;
  /** It is gone. A second call does nothing. */
  left(): void;
}

/** Where connections of a protocol over TCP come in, with TLS and without: counted by address, and against the seats of the process. */
export class Entrance {
  /** Where they come from without TLS. */
  readonly listener: Server;
  readonly #options: EntranceOptions;
  readonly #door: TlsDoor | undefined;
  readonly #pending: PendingConnections;
  readonly #open: PendingConnections;
  readonly #turnedAway: TurnedAway;

  constructor(options: EntranceOptions) {
    const { protocol, limits, tls } = options;
    this.#options = options;
    this.#pending = new PendingConnections(limits.pendingPerAddress);
    this.#open = new PendingConnections(limits.perAddress ?? 0);
    this.#turnedAway = new TurnedAway(options);
    const keepAlive = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.listener = createServer(keepAlive, (socket) => this.#enter(socket));
    this.listener.maxConnections = limits.connections;
    this.listener.on('drop', () => this.#turnedAway.add());
    this.#door =
      tls &&
      new TlsDoor({
        ...options,
        tls,
        protocol: `${protocol}s`,
        maxConnections: limits.connections,
        pendingPerAddress: limits.pendingPerAddress,
        handshakeMs: limits.handshakeTime * 1000,
        accept: (socket) => this.#enter(socket),
      });
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  async listen(address: Address): Promise<AddressInfo> {
    const { protocol, log } = this.#options;
    const bound = await listen(this.listener, address);
    this.listener.on('error', (error) => log.error({ error: error.message }, `${protocol} listener failed`));
    return bound;
  }

  /** The same over TLS; undefined where that is off, or there is no address for it. */
  async listenSecurely(address: Address | undefined): Promise<AddressInfo | undefined> {
    return address && this.#door?.listen(address);
  }

  /** Takes nobody new. */
  drain(): void {
    this.listener.close();
    this.#door?.drain();
  }

  /** Waits until everybody has gone, whom `ask` asks to; `cut` ends those that are left at the deadline. */
  async close(deadline: Promise<void>, { ask, cut }: { ask(): void; cut(): void }): Promise<void> {
    const plain = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    this.#door?.drain();
    const closed = Promise.all([plain, this.#door?.closed]);
    ask();
    await Promise.race([closed, deadline]);
    this.#door?.close();
    cut();
    await closed;
    this.#turnedAway.say();
  }

  #enter(socket: Socket): void {
    const { seats, proxies, accept } = this.#options;
    const address = plainAddress(socket.remoteAddress ?? '');
    const key = limitKey(address, proxies);
    const forget = (): void => {
      this.#pending.remove(socket);
      this.#open.remove(socket);
    };
    const isWelcome = this.#pending.add(socket, key) && this.#open.add(socket, key);
    if (!isWelcome) this.#turnedAway.add();
    if (!isWelcome || !seats.enter(socket)) {
      forget();
      socket.destroy();
      return;
    }
    accept({
      socket,
      address,
      admitted: () => this.#pending.remove(socket),
      left() {
        forget();
        seats.leave(socket);
      },
    });
  }
}
