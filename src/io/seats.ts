import type { Scheduler } from '../live/scheduler.ts';
import type { Logger } from '../log.ts';
import { SECOND } from '../media/time.ts';

/** Files that are not connections: listeners, database, log, files of the page as they are read, Node's own (about 30). */
const OWN_FILES = 64;
/** Seats that nobody keeps, so that whoever asks is heard: handshakes, the API, `/healthz`. */
const PASSING = 16;
/** Seats that viewers leave to publishers: without a publisher there is nothing to view. */
const FOR_PUBLISHERS = 32;
/** Who watches the log of a full server has read it by then. */
const SAY_EVERY = 10 * SECOND;

export interface SeatsOptions {
  /** Files that the process may have open; Infinity is no limit. */
  files: number;
  log: Logger;
  scheduler: Scheduler;
}

/** A connection that can be closed at once. */
export interface Closable {
  destroy(): unknown;
}

/**
 * Counts the connections of all listeners against the files that the process may have open. Whoever comes is let in as
 * long as there is somebody who only passes through: of those the one that was quiet longest is closed for it.
 */
export class Seats {
  readonly #options: SeatsOptions;
  /** Those that keep nothing yet, the longest quiet first. */
  readonly #passing = new Set<Closable>();
  readonly #kept = new Map<Closable, 'viewer' | 'publisher'>();
  #viewers = 0;
  #turned = { closed: 0, refused: 0 };
  #refused = 0;
  #cancel: (() => void) | undefined;

  constructor(options: SeatsOptions) {
    this.#options = options;
  }

  /** Connections that there may be. */
  get count(): number {
    return Math.max(2 * PASSING, this.#options.files - OWN_FILES);
  }

  /** True when no further viewer gets a seat. */
  get full(): boolean {
    return this.#viewers >= this.#forViewers;
  }

  /** Viewers and publishers, pages of rooms among them, that got no seat since the start. */
  get refused(): number {
    return this.#refused;
  }

  get #forViewers(): number {
    return Math.max(PASSING, this.count - PASSING - FOR_PUBLISHERS);
  }

  /** A connection came. When all seats are kept it is closed at once, and this is false. */
  enter(connection: Closable): boolean {
    if (this.#passing.size + this.#kept.size >= this.count) {
      const [oldest] = this.#passing;
      this.#turn('closed');
      if (!oldest) {
        connection.destroy();
        return false;
      }
      this.#passing.delete(oldest);
      oldest.destroy();
    }
    this.#passing.add(connection);
    return true;
  }

  /** A connection that only passes through was heard. */
  heard(connection: Closable): void {
    if (this.#passing.delete(connection)) this.#passing.add(connection);
  }

  /** A connection wants to stay. False when there are no seats left for its kind. */
  keep(connection: Closable, kind: 'viewer' | 'publisher'): boolean {
    const before = this.#kept.get(connection);
    if (before === kind) return true;
    const others = this.#kept.size - (before === undefined ? 0 : 1);
    if ((kind === 'viewer' && this.full) || others >= this.count - PASSING) {
      this.#refused++;
      this.#turn('refused');
      return false;
    }
    if (before === 'viewer') this.#viewers--;
    if (kind === 'viewer') this.#viewers++;
    this.#passing.delete(connection);
    this.#kept.set(connection, kind);
    return true;
  }

  /** One that was to stay is refused after all: it keeps nothing while it takes its leave. */
  release(connection: Closable): void {
    const kind = this.#kept.get(connection);
    if (kind === undefined) return;
    if (kind === 'viewer') this.#viewers--;
    this.#kept.delete(connection);
    this.#passing.add(connection);
  }

  /** A connection is gone. */
  leave(connection: Closable): void {
    this.#passing.delete(connection);
    if (this.#kept.get(connection) === 'viewer') this.#viewers--;
    this.#kept.delete(connection);
  }

  /** Says what was not said yet: the server is about to close. */
  say(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#write();
  }

  /** The first is told at once, those that follow every ten seconds. */
  #turn(how: 'closed' | 'refused'): void {
    this.#turned[how]++;
    if (!this.#cancel) this.#tell();
  }

  #tell(): void {
    this.#cancel = this.#write() ? this.#options.scheduler.after(SAY_EVERY, () => this.#tell()) : undefined;
  }

  /** False when there was nothing to say. */
  #write(): boolean {
    const { closed, refused } = this.#turned;
    if (closed + refused === 0) return false;
    this.#turned = { closed: 0, refused: 0 };
    const facts = { code: 'busy', closed, refused, seats: this.count, files: this.#options.files };
    this.#options.log.warn(facts, 'connections are turned away: the process may not open more files');
    return true;
  }
}
