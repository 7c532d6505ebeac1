import { randomBytes } from 'node:crypto';
import { slugOfPath } from '../../live/path.ts';
import type { Session } from '../../live/session.ts';
import type { Stream } from '../../live/stream.ts';
import type { App } from '../../plugin.ts';
import { BroadcastLog } from './broadcast-log.ts';
import type { BroadcastRow } from './broadcast-tables.ts';
import { PlayerTotals } from './player-totals.ts';
import { RoomPresence } from './room-presence.ts';

/** Looks between two writes of what is on: what a crash can lose. */
const WRITE_EVERY = 5;

/** Who watches in all rooms. One is made when somebody comes, or something begins. */
export class PresenceRooms {
  readonly log: BroadcastLog;
  readonly players: PlayerTotals = new PlayerTotals();
  readonly #app: App;
  readonly #salt = randomBytes(16);
  readonly #rooms = new Map<string, RoomPresence>();
  #looks = 0;

  private constructor(app: App, log: BroadcastLog) {
    this.#app = app;
    this.log = log;
  }

  static async open(app: App): Promise<PresenceRooms> {
    return new PresenceRooms(app, await BroadcastLog.open(app.store));
  }

  find(slug: string): RoomPresence | undefined {
    return this.#rooms.get(slug);
  }

  of(slug: string): RoomPresence {
    let room = this.#rooms.get(slug);
    if (!room) {
      const ended = (row: BroadcastRow): void => this.#write([row]);
      room = new RoomPresence({ slug, app: this.#app, salt: this.#salt, ended });
      this.#rooms.set(slug, room);
    }
    return room;
  }

  enter(session: Session): void {
    if (session.action === 'play') this.#ofPath(session.path)?.enter(session);
  }

  leave(session: Session): void {
    if (session.action === 'play') this.#ofPath(session.path)?.leave(session);
  }

  streamChanged(stream: Stream): void {
    this.#ofPath(stream.path)?.streamChanged(stream);
  }

  /** Called once a second. */
  look(): void {
    for (const [slug, room] of this.#rooms) {
      if (room.look()) continue;
      room.close();
      this.#rooms.delete(slug);
    }
    if (++this.#looks % WRITE_EVERY === 0) this.#write([...this.#rooms.values()].flatMap((room) => room.row() ?? []));
  }

  async close(): Promise<void> {
    for (const room of this.#rooms.values()) room.close();
    await this.log.close();
  }

  #ofPath(path: string): RoomPresence | undefined {
    const slug = slugOfPath(path);
    return slug !== undefined && this.#app.services.rooms.has(slug) ? this.of(slug) : undefined;
  }

  #write(rows: readonly BroadcastRow[]): void {
    this.log.write(rows).catch((error: unknown) => {
      this.#app.log.error({ err: error }, 'what is known of a broadcast could not be written');
    });
  }
}
