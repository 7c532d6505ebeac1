import { Denied } from '../../errors.ts';
import type { Hub } from '../../live/hub.ts';
import { pathOfSlug, slugOfPath } from '../../live/path.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Stream } from '../../live/stream.ts';
import { SECOND } from '../../media/time.ts';
import type { RoomDirectory } from './room-directory.ts';
import type { KeyRecord } from './room-keys.ts';
import type { RoomRecord } from './room-record.ts';

/** One who was asked in just before the key changed enters just after; it is cut at the second look. */
const SECOND_LOOK = SECOND;
const REPLACED = 'The stream key of this room was replaced; copy the new one from the room’s page.';
const TAKEN = 'This stream key was taken away by the owner of the room.';

export interface ControlOptions {
  rooms: RoomDirectory;
  hub: Hub;
  scheduler: Scheduler;
  /** µs for which the key of a broadcast that the owner ended is refused, so that the encoder does not start it again. */
  restTime: number;
}

/** What the owner does to a room that is on. */
export class RoomControl {
  readonly #options: ControlOptions;
  readonly #resting = new Map<string, number>();
  /** Path → the key of the publisher that came last. */
  readonly #published = new Map<string, string>();

  constructor(options: ControlOptions) {
    this.#options = options;
  }

  /** Makes a new key in place of one. Who publishes with the old one is cut, and the broadcast ends with it, without grace. */
  async replaceKey(room: RoomRecord, keyId: string): Promise<KeyRecord> {
    const next = await this.#options.rooms.keys.replace(room, keyId);
    this.#cutFor(room, keyId, REPLACED);
    return next;
  }

  /** Takes a key away. Who publishes with it is cut likewise. */
  async revokeKey(room: RoomRecord, keyId: string): Promise<void> {
    await this.#options.rooms.keys.revoke(room, keyId);
    this.#cutFor(room, keyId, TAKEN);
  }

  /** Remembers with which key a path was published. */
  published(path: string, keyId: string): void {
    this.#published.set(path, keyId);
  }

  /** Ends the broadcast on a path. Its key rests for a while, because encoders reconnect by themselves. */
  end(path: string): void {
    const { rooms, hub, scheduler, restTime } = this.#options;
    const keyId = hub.publisher(path)?.session.grant.keyId;
    if (hub.end(path) && keyId !== undefined && rooms.ofPath(path)) {
      this.#resting.set(keyId, scheduler.now() + restTime);
    }
  }

  /** Throws `kicked` for a key that rests. */
  check(keyId: string): void {
    const until = this.#resting.get(keyId);
    if (until === undefined) return;
    const left = until - this.#options.scheduler.now();
    if (left > 0) {
      throw new Denied('kicked', `The owner ended this broadcast; try again in ${Math.ceil(left / SECOND)} s.`);
    }
    this.#resting.delete(keyId);
  }

  /** Keeps the times of a broadcast that is over, for those who come when nothing is live. */
  remember(stream: Stream): Promise<void> | undefined {
    const slug = slugOfPath(stream.path);
    if (stream.state === 'ended') this.#published.delete(stream.path);
    return stream.state === 'ended' && stream.last && slug !== undefined
      ? this.#options.rooms.setLast(slug, stream.last)
      : undefined;
  }

  #cutFor({ slug }: RoomRecord, keyId: string, words: string): void {
    const { hub, scheduler } = this.#options;
    const path = pathOfSlug(slug);
    this.#cut(keyId, words);
    // Its publisher was lost and could have come back with this key only.
    const lost = hub.stream(path)?.state === 'waiting' && !hub.publisher(path);
    if (lost && this.#published.get(path) === keyId) hub.end(path, 'revoked');
    scheduler.after(SECOND_LOOK, () => this.#cut(keyId, words));
  }

  #cut(keyId: string, words: string): void {
    const refusal = new Denied('wrong-key', words);
    this.#options.hub.revoke(({ action, grant }) => action === 'publish' && grant.keyId === keyId, refusal);
  }
}
