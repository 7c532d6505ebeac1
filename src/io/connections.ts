import type { Duplex } from 'node:stream';
import type { Scheduler } from '../live/scheduler.ts';
import type { Logger } from '../log.ts';
import { FirstRequests } from './first-requests.ts';
import { PendingConnections } from './pending.ts';
import { limitKey, plainAddress, type Proxies } from './request.ts';
import type { Seats } from './seats.ts';
import { TurnedAway } from './turned-away.ts';

export interface ConnectionsOptions<T> {
  protocol: string;
  log: Logger;
  scheduler: Scheduler;
  proxies: Proxies;
  /** What the process has for all connections together. */
  seats: Seats;
  /** Connections of one address that have asked for nothing yet; 0 is no limit. */
  pendingPerAddress: number;
  /** ms until a connection has to have asked for something. */
  firstMs: number;
  /** One has asked for nothing in time. */
  late(connection: T): void;
}

/** The connections of one listener: who may come, who has asked for nothing yet, and who has to go at the end. */
export class Connections<T extends Duplex> {
  readonly #options: ConnectionsOptions<T>;
  readonly #open = new Set<T>();
  /** Those of them that have asked for nothing yet. */
  readonly #quiet = new Set<T>();
  readonly #pending: PendingConnections;
  readonly #turnedAway: TurnedAway;
  readonly #firstRequests: FirstRequests<T>;

  constructor(options: ConnectionsOptions<T>) {
    const { protocol, log, scheduler, pendingPerAddress, firstMs: withinMs } = options;
    this.#options = options;
    this.#pending = new PendingConnections(pendingPerAddress);
    this.#turnedAway = new TurnedAway({ protocol, log, scheduler });
    this.#firstRequests = new FirstRequests({ scheduler, withinMs, late: (connection) => options.late(connection) });
  }

  /** One came. False when it is closed at once, because its address has too many or the process all that it can have. */
  enter(connection: T, remoteAddress: string): boolean {
    const { seats, proxies } = this.#options;
    if (!this.#pending.add(connection, limitKey(plainAddress(remoteAddress), proxies))) {
      this.#turnedAway.add();
      connection.destroy();
      return false;
    }
    this.#open.add(connection);
    this.#quiet.add(connection);
    this.#firstRequests.add(connection);
    connection.once('close', () => this.leave(connection));
    return seats.enter(connection);
  }

  /** One has asked for something. */
  asked(connection: T): void {
    this.#quiet.delete(connection);
    this.#pending.remove(connection);
    this.#firstRequests.remove(connection);
    this.#options.seats.heard(connection);
  }

  /** One is gone, or is counted elsewhere from now on. */
  leave(connection: T): void {
    if (!this.#open.delete(connection)) return;
    this.#quiet.delete(connection);
    this.#firstRequests.remove(connection);
    this.#pending.remove(connection);
    this.#options.seats.leave(connection);
  }

  /** The system has closed one at once: too many are open. */
  dropped(): void {
    this.#turnedAway.add();
  }

  /** Cuts those that have asked for nothing yet: they would be answered no more. */
  drain(): void {
    for (const connection of this.#quiet) connection.destroy();
  }

  /** Cuts what is left, and says what was not said yet. */
  close(): void {
    for (const connection of this.#open) connection.destroy();
    this.#turnedAway.say();
    this.#firstRequests.close();
  }
}
