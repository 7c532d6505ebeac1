import { isoTime } from '../../live/wall-time.ts';
import type { Broadcast } from '../../live/broadcast.ts';
import type { BroadcastRow } from './broadcast-tables.ts';
import { UniqueCount } from './unique-count.ts';
import { WatchTally } from './watch-tally.ts';

/** What is counted of one broadcast while it is on. */
export class BroadcastTally {
  readonly broadcast: Broadcast;
  readonly watch: WatchTally = new WatchTally();
  readonly unique: UniqueCount;
  messages = 0;

  constructor(broadcast: Broadcast, salt: Uint8Array) {
    this.broadcast = broadcast;
    this.unique = new UniqueCount(salt);
  }

  /**
   * Different people, as far as can be told: several at one address with one program look like one, but as many as watch
   * at once are at least so many.
   */
  get different(): number {
    return Math.max(this.unique.count, this.watch.peak);
  }

  /** As it stands. `now`: monotonic µs; `wall` and `ended`: wall times in ms. */
  row(room: string, { now, wall, ended }: { now: number; wall: number; ended?: number | undefined }): BroadcastRow {
    return {
      id: this.broadcast.id,
      room,
      started: isoTime(this.broadcast.startedAt),
      seen: isoTime(wall),
      ended: ended === undefined ? null : isoTime(ended),
      peak: this.watch.peak,
      viewers: this.different,
      watch_seconds: Math.round(this.watch.watchSeconds(now)),
      protocols: JSON.stringify(this.watch.protocols(now)),
      messages: this.messages,
    };
  }
}
