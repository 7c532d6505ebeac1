import type { Beacon, PlayerError, PlayerPath } from '../../client/messages.ts';
import { SECOND } from '../../media/time.ts';

/** What “lately” is. */
export const MINUTE: number = 60 * SECOND;

/** What was added up of one viewer. */
export interface Sums {
  played: number;
  stalled: number;
  stalls: number;
  dropped: number;
  errors: PlayerError[];
}

/** Errors of one viewer that are kept one by one; they are counted by then. */
const MAX_ERRORS = 50;

/** What one player has told of itself. It has one voice, however often it speaks. */
export class ViewerQuality {
  readonly address: string;
  path: PlayerPath;
  /** ms to the first picture, the first that it told. */
  start: number | undefined;
  /** Seconds, the last that it told. */
  latency: number | undefined;
  playing = false;
  /** Of the whole broadcast. */
  readonly sums: Sums = noSums();
  saidAt: number;
  #startedAt: number | undefined;
  /** Of those that it dropped. */
  #told = 0;
  #lately: { at: number; beacon: Beacon }[] = [];

  constructor(address: string, path: PlayerPath, now: number) {
    this.address = address;
    this.path = path;
    this.saidAt = now;
  }

  say(beacon: Beacon, now: number): void {
    this.path = beacon.path;
    this.saidAt = now;
    if (this.start === undefined && beacon.start !== undefined) {
      this.start = beacon.start;
      this.#startedAt = now;
    }
    this.playing = beacon.state === 'playing';
    this.latency = beacon.latency ?? this.latency;
    add(this.sums, beacon);
    this.#lately.push({ at: now, beacon });
    this.#forget(now);
  }

  /** Sums of the last minute. */
  lately(now: number): Sums {
    this.#forget(now);
    const sums = noSums();
    for (const { beacon } of this.#lately) add(sums, beacon);
    return sums;
  }

  /** Pictures that it dropped since the last call. */
  takeDropped(): number {
    const { dropped } = this.sums;
    const news = dropped - this.#told;
    this.#told = dropped;
    return news;
  }

  /** Whether it began within the last minute. */
  isNew(now: number): boolean {
    return this.#startedAt !== undefined && now - this.#startedAt < MINUTE;
  }

  #forget(now: number): void {
    while (this.#lately.length > 0 && now - this.#lately[0]!.at >= MINUTE) this.#lately.shift();
  }
}

/** Share of the time in which somebody stood still; undefined where nothing was played. */
export function stallRatio({ played, stalled }: Pick<Sums, 'played' | 'stalled'>): number | undefined {
  return played + stalled > 0 ? stalled / (played + stalled) : undefined;
}

function noSums(): Sums {
  return { played: 0, stalled: 0, stalls: 0, dropped: 0, errors: [] };
}

function add(sums: Sums, { played, stalled, stalls, dropped, errors = [] }: Beacon): void {
  sums.played += played;
  sums.stalled += stalled;
  sums.stalls += stalls;
  sums.dropped += dropped;
  if (sums.errors.length < MAX_ERRORS) sums.errors.push(...errors);
}
