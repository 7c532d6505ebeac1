import { SECOND } from '../../media/time.ts';

/** Protocols that are told apart; a program of the server's own may name its sessions as it likes. */
const MAX_PROTOCOLS = 16;
const OTHER = 'other';

/** How many watch, by protocol. */
export type Counts = ReadonlyMap<string, number>;

/** Adds up who watches a broadcast, and for how long. Times are monotonic µs. */
export class WatchTally {
  peak = 0;
  readonly #protocols = new Map<string, { peak: number; watched: number }>();
  #watched = 0;
  #counts: Counts = new Map();
  #viewers = 0;
  /** Since when they watch; undefined while nothing is on. */
  #since: number | undefined;
  /** When something came last that there was not before, and when nothing came any more. */
  #resumed = 0;
  #paused: number | undefined;

  /** Something to watch comes, or comes again. */
  resume(now: number): void {
    if (this.#since === undefined) this.#resumed = now;
    this.#since ??= now;
    this.count(this.#counts, now);
  }

  /** Nothing comes: whoever waits does not watch. */
  pause(now: number): void {
    this.#settle(now);
    if (this.#since !== undefined) this.#paused = now;
    this.#since = undefined;
  }

  /** One of those who were counted was gone since `from`, which is found out now. */
  takeBack(protocol: string, from: number, now: number): void {
    this.#settle(now);
    const end = this.#since === undefined ? (this.#paused ?? 0) : now;
    const span = Math.max(0, end - Math.max(from, this.#resumed));
    const tally = this.#of(protocol);
    const taken = Math.min(span, tally.watched);
    tally.watched -= taken;
    this.#watched -= taken;
  }

  /** So many watch from now on. */
  count(counts: Counts, now: number): void {
    this.#settle(now);
    this.#counts = new Map(counts);
    this.#viewers = sum(counts);
    if (this.#since === undefined) return;
    this.peak = Math.max(this.peak, this.#viewers);
    for (const [protocol, viewers] of counts) {
      if (viewers === 0) continue;
      const tally = this.#of(protocol);
      tally.peak = Math.max(tally.peak, viewers);
    }
  }

  /** Seconds that all viewers watched together. */
  watchSeconds(now: number): number {
    this.#settle(now);
    return this.#watched / SECOND;
  }

  protocols(now: number): Record<string, { peak: number; watchSeconds: number }> {
    this.#settle(now);
    const told = [...this.#protocols].map(
      ([protocol, { peak, watched }]) => [protocol, { peak, watchSeconds: Math.round(watched / SECOND) }] as const,
    );
    return Object.fromEntries(told);
  }

  #settle(now: number): void {
    if (this.#since === undefined) return;
    const span = now - this.#since;
    this.#since = now;
    if (span <= 0) return;
    this.#watched += span * this.#viewers;
    for (const [protocol, viewers] of this.#counts) if (viewers > 0) this.#of(protocol).watched += span * viewers;
  }

  #of(protocol: string): { peak: number; watched: number } {
    const isNew = !this.#protocols.has(protocol);
    const name = isNew && this.#protocols.size >= MAX_PROTOCOLS ? OTHER : protocol;
    let tally = this.#protocols.get(name);
    if (!tally) this.#protocols.set(name, (tally = { peak: 0, watched: 0 }));
    return tally;
  }
}

/** All of them together. */
export function sum(counts: Counts): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
