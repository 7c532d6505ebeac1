import { onTestFinished } from 'vitest';
import { HlsChecker } from './checker.ts';
import { HlsClient } from './hls-client.ts';
import { type Arrival, type Jump, Lane } from './lane.ts';
import type { MultivariantPlaylist } from './playlist.ts';

export interface HlsWatcherOptions {
  /** As players do that know parts; otherwise as old ones, which poll and load whole segments. Default true. */
  lowLatency?: boolean;
  /** Loads what it does not play, too, so that all of it is judged. Default true. */
  thorough?: boolean;
  /** Rules that do not hold for this stream. */
  except?: readonly string[];
}

/** A player asks again after this for what is not live yet. ms */
const RETRY = 100;

/**
 * A player of HLS that keeps what came when. What it asks and what it gets goes through the checker; where it falls
 * behind, or something is gone, it goes on as players do and says so.
 */
export class HlsWatcher {
  readonly checker: HlsChecker;
  /** Pictures in the order in which they came. */
  readonly pictures: Arrival[] = [];
  readonly sounds: Arrival[] = [];
  readonly jumps: Jump[] = [];
  /** ms from the date of the end of each piece to its arrival, as the playlist has dates. */
  readonly delays: number[] = [];
  /** How it ended: `end`, `stopped`, or what went wrong. */
  ended: string | undefined;
  /** Status of the first answer. */
  status: number | undefined;
  /** How often it had to look for another broadcast under the same address. */
  rejoined = 0;
  /** Resolves when it has ended. */
  readonly done: Promise<void>;
  readonly #url: string;
  readonly #options: HlsWatcherOptions;
  readonly #client = new HlsClient();
  readonly #lanes = new Set<Lane>();
  #stopped = false;

  /** `url`: of the multivariant playlist. */
  constructor(url: string, options: HlsWatcherOptions = {}) {
    this.#url = url;
    this.#options = options;
    const { lowLatency = true, except = [] } = options;
    this.checker = new HlsChecker({ parts: lowLatency, except });
    this.done = this.#watch().then(
      (how) => void (this.ended ??= how),
      (error: unknown) => void (this.ended ??= this.#stopped ? 'stopped' : String(error)),
    );
    onTestFinished(() => this.stop());
  }

  /** When each picture or sound came, ms of the monotonic clock. */
  get arrivals(): number[] {
    return [...this.pictures, ...this.sounds].map(({ at }) => at).toSorted((a, b) => a - b);
  }

  /** ms since something came last. */
  get silence(): number {
    return performance.now() - (this.arrivals.at(-1) ?? 0);
  }

  stop(): void {
    this.#stopped = true;
    for (const lane of this.#lanes) lane.stopped = true;
    this.#client.close();
  }

  async #watch(): Promise<string> {
    for (;;) {
      const playlist = await this.#join();
      if (!playlist) return this.#stopped ? 'stopped' : `no playlist: ${this.status}`;
      const { uri, audio } = playlist.variants[0]!;
      const group = playlist.renditions.filter(({ group, uri: own }) => group === audio && own !== undefined);
      const sound = group.find(({ preset }) => preset) ?? group[0];
      const lanes = [uri, ...(sound ? [sound.uri!] : [])].map((each) => this.#lane(new URL(each, this.#url).href));
      const ends = await Promise.all(lanes.map((lane) => lane.run()));
      for (const lane of lanes) this.#lanes.delete(lane);
      const how = ends.find((end) => end !== 'end') ?? 'end';
      // A broadcast that is over without an end is another one now, or none.
      if (how !== '404') return how;
      this.rejoined++;
    }
  }

  /** Waits until something is live. */
  async #join(): Promise<MultivariantPlaylist | undefined> {
    while (!this.#stopped) {
      const exchange = await this.#client.get(this.#url, 'multivariant');
      this.status ??= exchange.status;
      const playlist = this.checker.exchange(exchange, performance.now());
      if (exchange.status === 200) return playlist?.kind === 'multivariant' ? playlist : undefined;
      if (exchange.status !== 404 || this.rejoined > 0) return undefined;
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
    return undefined;
  }

  #lane(url: string): Lane {
    const { lowLatency = true } = this.#options;
    const lane = new Lane({
      url,
      client: this.#client,
      checker: this.checker,
      lowLatency,
      arrived: (arrivals) => {
        for (const arrival of arrivals) (arrival.kind === 'video' ? this.pictures : this.sounds).push(arrival);
        this.#loadTheRest();
      },
      jumped: (jump) => void this.jumps.push(jump),
      delayed: (ms) => void this.delays.push(ms),
    });
    this.#lanes.add(lane);
    return lane;
  }

  readonly #loading = new Set<string>();

  /** What is listed and was not played. */
  #loadTheRest(): void {
    const { thorough = true } = this.#options;
    if (!thorough) return;
    for (const { url, kind } of this.checker.wanted()) {
      if (this.#loading.has(url)) continue;
      this.#loading.add(url);
      void this.#client.get(url, kind).then(
        (exchange) => this.checker.exchange(exchange, performance.now()),
        () => undefined,
      );
    }
  }
}
