import type { AddressInfo } from 'node:net';
import type { Address } from '../../config/address.ts';
import { Entrance, type Newcomer } from '../../io/entrance.ts';
import { proxiesOf } from '../../io/request.ts';
import { includesScope } from '../../live/access.ts';
import { isoTime } from '../../live/wall-time.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { Connection, type ConnectionLimits } from './connection.ts';
import { Gateway } from './gateway.ts';
import { listen } from './hearing.ts';

/** Time-outs are looked at this often, for all connections at once. */
const TICK = SECOND;
/** How often is asked whose proof has ended by itself: a token, a pass, a ban. */
const SWEEP = 60 * SECOND;
/** What the server calls itself where it has no name in the internet. Servers have a dot in their names. */
const NAME = 'roomcast.local';

/** Accepts connections of IRC. */
export class IrcServer {
  readonly #app: App;
  readonly #gateway: Gateway;
  readonly #entrance: Entrance;
  readonly #limits: ConnectionLimits;
  readonly #connections = new Set<Connection>();
  readonly #cancel: readonly (() => void)[];

  constructor(app: App) {
    const { settings, scheduler, seats, log, http, services } = app;
    const { limits, trustedProxies, kickTime, publicUrl } = settings;
    this.#app = app;
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
    this.#entrance = new Entrance({
      ...{ tls: settings.ircs && app.tls, log, scheduler, seats, proxies: proxiesOf(trustedProxies) },
      protocol: 'irc',
      // IANA, TLS ALPN Protocol IDs.
      speaks: ['irc'],
      limits: { ...limits, perAddress: limits.ircPerAddress },
      accept: (newcomer) => this.#accept(newcomer),
    });
    this.#cancel = [
      listen(this.#gateway),
      scheduler.every(TICK, () => this.#tick()),
      scheduler.every(SWEEP, () => void this.#gateway.recheck().catch((error: unknown) => this.#gateway.fault(error))),
    ];
  }

  /** Throws `port-taken` or `bad-config` for an address that cannot be listened on. */
  listen(address: Address): Promise<AddressInfo> {
    return this.#entrance.listen(address);
  }

  /** The same over TLS; undefined where that is off. */
  listenSecurely(): Promise<AddressInfo | undefined> {
    return this.#entrance.listenSecurely(this.#app.settings.ircs);
  }

  /** Takes nobody new. */
  drain(): void {
    this.#entrance.drain();
  }

  /** Says good-bye, and waits until everybody has gone; those left at the deadline are cut. */
  async close(deadline: Promise<void>): Promise<void> {
    await this.#entrance.close(deadline, {
      ask: () => this.#connections.forEach(({ peer }) => peer.close('The server is stopping.')),
      cut: () => this.#connections.forEach((connection) => connection.destroy()),
    });
    for (const cancel of this.#cancel) cancel();
    this.#gateway.close();
  }

  #accept({ socket, address, admitted, left }: Newcomer): void {
    const { seats, scheduler } = this.#app;
    const connection = new Connection({
      gateway: this.#gateway,
      socket,
      address,
      scheduler,
      limits: this.#limits,
      keep: () => {
        admitted();
        return seats.keep(socket, 'viewer');
      },
      closed: () => {
        left();
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
