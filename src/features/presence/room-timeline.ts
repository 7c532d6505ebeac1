import type { TimelinePoint } from '../../client/messages.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Session } from '../../live/session.ts';
import type { Stream } from '../../live/stream.ts';
import { isoTime } from '../../live/wall-time.ts';
import { rounded } from '../../media/rounding.ts';
import { SECOND } from '../../media/time.ts';
import type { RoomQuality } from './room-quality.ts';
import { FINE_EVERY, TimelineRing } from './timeline-ring.ts';

/** Behind the point, of rates and seconds. */
const DIGITS = 3;
/** The rates of a stream are known from here on. µs */
const MEASURED = 2 * SECOND;
/** Looks come once a second, more or less. µs */
const SLACK = SECOND / 2;

/** Measures a room's stream every two seconds, for as long as it is on. */
export class RoomTimeline {
  readonly #ring = new TimelineRing();
  #last = -Infinity;
  /** Skips of sessions that are over, and all that were told. */
  #skipsBefore = 0;
  #skipsTold = 0;

  get points(): readonly TimelinePoint[] {
    return this.#ring.points;
  }

  /** A session is over. */
  left({ skips }: Session): void {
    this.#skipsBefore += skips;
  }

  /** Gives a new point when it is time for one. */
  look(
    { edge, rates }: Stream,
    facts: { sessions: Iterable<Session>; viewers: number; quality: RoomQuality },
    scheduler: Scheduler,
  ): TimelinePoint | undefined {
    const now = scheduler.now();
    if (now - this.#last < FINE_EVERY * SECOND - SLACK || (edge?.media ?? 0) < MEASURED) return undefined;
    this.#last = now;
    const { bitRate, frameRate = 0, gop } = rates;
    const latency = facts.quality.latency(now);
    const point = {
      at: isoTime(scheduler.wall()),
      bitRate,
      frameRate: bitRate === 0 ? 0 : rounded(frameRate, DIGITS),
      ...(gop !== undefined && bitRate > 0 && { gop: rounded(gop, DIGITS) }),
      viewers: facts.viewers,
      skips: this.#takeSkips(facts.sessions),
      dropped: facts.quality.takeDropped(),
      ...(latency !== undefined && { latency: rounded(latency, DIGITS) }),
    };
    this.#ring.add(point);
    return point;
  }

  /** Forgets what is too old. `wall`: ms. */
  trim(wall: number): void {
    this.#ring.trim(wall);
  }

  #takeSkips(sessions: Iterable<Session>): number {
    let skips = this.#skipsBefore;
    for (const session of sessions) skips += session.skips;
    const news = Math.max(0, skips - this.#skipsTold);
    this.#skipsTold = skips;
    return news;
  }
}
