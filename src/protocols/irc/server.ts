import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../config/address.ts';
import { listen } from '../../io/listen.ts';
import { PendingConnections } from '../../io/pending.ts';
import { limitKey, plainAddress, type Proxies, proxiesOf } from '../../io/request.ts';
import { TlsDoor } from '../../io/tls/door.ts';
import type { Tls } from '../../io/tls/tls.ts';
import { TurnedAway } from '../../io/turned-away.ts';
import { includesScope } from '../../live/access.ts';
import { isoTime } from '../../live/wall-time.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { Connection, type ConnectionLimits } from './connection.ts';
import { Gateway } from './gateway.ts';

/** Time-outs are looked at this often, for all connections at once. */
const TICK = SECOND;
/** How often is asked whose proof has ended by itself: a token, a pass, a ban. */
const SWEEP = 60 * SECOND;
/** A client that says nothing is asked by TCP whether it is still there after this long, ms. */
const KEEP_ALIVE_MS = 20_000;
/** What the server calls itself where it has no name in the internet. Servers have a dot in their names. */
const NAME = 'roomcast.local';

/** Accepts connections of IRC. */
export class IrcServer {
  readonly #app: App;
  readonly #gateway: Gateway;
  readonly #listener: Server;
  readonly #door: TlsDoor | undefined;
  readonly #proxies: Proxies;
  readonly #limits: ConnectionLimits;
  readonly #connections = new Set<Connection>();
  readonly #pending: PendingConnections;
  /** Those that are open, by address. */
  readonly #open: PendingConnections;
  readonly #turnedAway: TurnedAway;
  readonly #cancel: readonly (() => void)[];

  constructor(app: App) {
    const { settings, scheduler, log, http, services } = app;
    const { limits, trustedProxies, kickTime, publicUrl } = settings;
    this.#app = app;
    this.#proxies = proxiesOf(trustedProxies);
    this.#pending = new PendingConnections(limits.pendingPerAddress);
    this.#open = new PendingConnections(limits.ircPerAddress);
    this.#turnedAway = new TurnedAway({ protocol: 'irc', log, scheduler });
    this.#limits = {
      first: limits.ircFirst * SECOND,
      idle: limits.ircIdle * SECOND,
      queue: limits.ircQueue,
      lines: limits.ircMessages,
    };
    this.#gateway = new Gateway({
      services,
      log,
      name: publicUrl === undefined ? NAME : new URL(publicUrl).hostname.replaceAll(/[[\]]/g, ''),
      started: isoTime(scheduler.wall()),
      limits: { channels: limits.ircChannels, history: limits.ircHistory },
      kickTime,
      includes: includesScope,
      identify: (credentials) => http.identify(credentials),
      time: () => isoTime(scheduler.wall()),
    });
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.#listener = createServer(options, (socket) => this.#accept(socket));
    this.#listener.maxConnections = limits.connections;
    this.#listener.on('drop', () => this.#turnedAway.add());
    this.#door = app.tls && settings.ircs ? this.#makeDoor(app.tls) : undefined;
    this.#cancel = [
      scheduler.every(TICK, () => this.#tick()),
      scheduler.every(SWEEP, () => void this.#gateway.recheck().catch((error: unknown) => this.#gateway.fault(error))),
    ];
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  async listen(address: Address): Promise<AddressInfo> {
    const bound = await listen(this.#listener, address);
    this.#listener.on('error', (error) => this.#app.log.error({ error: error.message }, 'irc listener failed'));
    return bound;
  }

  /** The same over TLS; undefined where that is off. */
  async listenSecurely(): Promise<AddressInfo | undefined> {
    const { ircs } = this.#app.settings;
    return ircs && this.#door?.listen(ircs);
  }

  /** Takes nobody new. */
  drain(): void {
    this.#listener.close();
    this.#door?.drain();
  }

  /** Says good-bye, and waits until everybody has gone; those left at the deadline are cut. */
  async close(deadline: Promise<void>): Promise<void> {
    const plain = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    this.#door?.drain();
    const closed = Promise.all([plain, this.#door?.closed]);
    for (const { peer } of this.#connections) peer.close('The server is stopping.');
    await Promise.race([closed, deadline]);
    this.#door?.close();
    for (const connection of this.#connections) connection.destroy();
    await closed;
    for (const cancel of this.#cancel) cancel();
    this.#gateway.close();
    this.#turnedAway.say();
  }

  #makeDoor(tls: Tls): TlsDoor {
    const { settings, log, scheduler, seats } = this.#app;
    const { limits } = settings;
    return new TlsDoor({
      tls,
      protocol: 'ircs',
      // What clients name where they name anything (IANA, TLS ALPN Protocol IDs).
      speaks: ['irc'],
      log,
      scheduler,
      proxies: this.#proxies,
      seats,
      maxConnections: limits.connections,
      pendingPerAddress: limits.pendingPerAddress,
      handshakeMs: limits.handshakeTime * 1000,
      accept: (socket) => this.#accept(socket),
    });
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const key = limitKey(address, this.#proxies);
    const leave = (): void => {
      this.#pending.remove(socket);
      this.#open.remove(socket);
    };
    const isOne = this.#pending.add(socket, key) && this.#open.add(socket, key);
    if (!isOne) this.#turnedAway.add();
    const { seats, scheduler } = this.#app;
    if (!isOne || !seats.enter(socket)) {
      leave();
      socket.destroy();
      return;
    }
    const connection = new Connection({
      gateway: this.#gateway,
      socket,
      address,
      scheduler,
      limits: this.#limits,
      keep: () => {
        this.#pending.remove(socket);
        return seats.keep(socket, 'viewer');
      },
      closed: () => {
        leave();
        seats.leave(socket);
        this.#connections.delete(connection);
      },
    });
    this.#connections.add(connection);
  }

  #tick(): void {
    const now = this.#app.scheduler.now();
    for (const connection of this.#connections) connection.tick(now);
  }
}
