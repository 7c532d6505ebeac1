import type { HlsChecker } from './checker.ts';
import { readFragments } from './fragment-reader.ts';
import type { HlsClient } from './hls-client.ts';
import type { ReadPiece } from './media-samples.ts';
import type { MediaPlaylist, OpenSegment, Resource } from './playlist.ts';
import type { Exchange } from './rules-http.ts';
import { TransportReader } from './transport-reader.ts';
import { allOf, compareEdges, type Edge, edgeOf, isComplete, lengthOf } from './window.ts';

/** A player that could not go on where it was, and what it did about it. */
export interface Jump {
  /** ms of the monotonic clock. */
  readonly at: number;
  readonly from: Edge;
  readonly to: Edge;
  /** It was too slow, or what the playlist lists was not there. */
  readonly why: 'behind' | 'missing';
}

/** A picture, or a sound, that arrived. */
export interface Arrival {
  readonly kind: 'video' | 'audio';
  /** Presentation time, ms. */
  readonly timestamp: number;
  /** ms of the monotonic clock. */
  readonly at: number;
}

export interface LaneOptions {
  url: string;
  client: HlsClient;
  checker: HlsChecker;
  /** Blocking reloads, parts, hints and delta updates; or polling of whole segments. */
  lowLatency: boolean;
  /** Called for all that a piece brought, in decode order. */
  arrived(arrivals: readonly Arrival[]): void;
  jumped(jump: Jump): void;
  /** ms from the date of the end of what arrived to its arrival. */
  delayed(ms: number): void;
}

/** Seconds before the end at which a player of whole segments begins, in target durations (6.3.3). */
const BEHIND = 3;
/** A player asks again after so much of the target duration, and of half of it when nothing was new (6.3.4). */
const POLL = 1000;

/** How a player reads one rendition. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #transport = new TransportReader();
  readonly #inits = new Map<string, Promise<Uint8Array | undefined>>();
  /** What it wants next. */
  #next: Edge | undefined;
  #lastTime = -Infinity;
  /** When the last whole playlist came. */
  #wholeAt = 0;
  /** The part that was asked for before it was there. */
  #hinted: { url: string; answer: Promise<Exchange | undefined> } | undefined;
  stopped = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Reads to the end. Gives how it ended: `end`, or the status of a playlist that is not there any more. */
  async run(): Promise<string> {
    let exchange = await this.#load('');
    while (!this.stopped) {
      if (exchange.status !== 200) return String(exchange.status);
      const playlist = this.#options.checker.latest(this.#options.url);
      if (!playlist) return 'unreadable';
      await this.#take(playlist);
      if (playlist.ended && this.#next && compareEdges(this.#next, edgeOf(playlist)) >= 0) return 'end';
      exchange = await this.#reload(playlist);
    }
    return 'stopped';
  }

  async #load(query: string): Promise<Exchange> {
    const { url, client, checker } = this.#options;
    const exchange = await client.get(url + query, 'media');
    checker.exchange(exchange, performance.now());
    if (!query.includes('_HLS_skip')) this.#wholeAt = performance.now();
    return exchange;
  }

  async #reload(playlist: MediaPlaylist): Promise<Exchange> {
    const { lowLatency } = this.#options;
    const { control, targetDuration, partTarget } = playlist;
    if (!lowLatency || !control?.canBlockReload || partTarget === undefined) {
      const before = edgeOf(playlist);
      await this.#pause((POLL * targetDuration) / (this.#isNew ? 1 : 2));
      const exchange = await this.#load('');
      const after = this.#options.checker.latest(this.#options.url);
      this.#isNew = after !== undefined && compareEdges(edgeOf(after), before) > 0;
      return exchange;
    }
    const { sequence, parts } = edgeOf(playlist);
    this.#hint(playlist);
    const age = performance.now() - this.#wholeAt;
    const skip = control.canSkipUntil !== undefined && age < 500 * control.canSkipUntil ? '&_HLS_skip=YES' : '';
    const exchange = await this.#load(`?_HLS_msn=${sequence}&_HLS_part=${parts}${skip}`);
    // It did not go on in time, or is somewhere else: what there is comes at once.
    if (exchange.status !== 503 && exchange.status !== 400) return exchange;
    await this.#pause(POLL / 10);
    return this.#load('');
  }

  #isNew = true;

  #hint(playlist: MediaPlaylist): void {
    const hint = playlist.hints.find(({ type }) => type === 'PART');
    if (!hint || hint.start > 0) return;
    const url = new URL(hint.uri, this.#options.url).href;
    if (this.#hinted?.url === url) return;
    this.#hinted = { url, answer: this.#options.client.get(url, 'part').catch(() => undefined) };
  }

  /** Everything from where it is to the end of the playlist. */
  async #take(playlist: MediaPlaylist): Promise<void> {
    this.#next ??= this.#startOf(playlist);
    if (this.#next.sequence < playlist.sequence) this.#jump(playlist, 'behind');
    for (const segment of allOf(playlist)) {
      if (this.stopped || segment.sequence < this.#next.sequence) continue;
      const all = await this.#takeSegment(playlist, segment);
      if (!all) return this.#jump(playlist, 'missing');
    }
  }

  /** False where something of it was not there. */
  async #takeSegment(playlist: MediaPlaylist, segment: OpenSegment): Promise<boolean> {
    const { sequence, parts, map, at } = segment;
    const { lowLatency } = this.#options;
    const next = this.#next!;
    const from = next.sequence === sequence ? next.parts : 0;
    if (segment.discontinuity && from === 0) this.#transport.restart();
    if (lowLatency && parts.length > 0) {
      let date =
        at === undefined
          ? undefined
          : at + 1000 * parts.slice(0, from).reduce((sum, { duration }) => sum + duration, 0);
      for (const [index, part] of parts.entries()) {
        if (index < from) continue;
        if (!part.gap && !(await this.#piece('part', part, map))) return false;
        if (date !== undefined) this.#options.delayed(Date.now() - (date += 1000 * part.duration));
        this.#next = { sequence, parts: index + 1 };
      }
    } else if (isComplete(segment)) {
      if (!segment.gap && !(await this.#piece('segment', segment, map))) return false;
      if (at !== undefined && !playlist.ended) this.#options.delayed(Date.now() - at - 1000 * segment.duration);
    }
    if (isComplete(segment)) this.#next = { sequence: sequence + 1, parts: 0 };
    return true;
  }

  async #piece(kind: 'part' | 'segment', resource: Resource, map: Resource | undefined): Promise<boolean> {
    const { url, client, checker, arrived } = this.#options;
    const address = new URL(resource.uri, url).href;
    const hinted = this.#hinted?.url === address ? await this.#hinted.answer : undefined;
    // A server that does not hold such a request is asked again now that the part is listed.
    const exchange = hinted?.status === 200 ? hinted : await client.get(address, kind);
    checker.exchange(exchange, performance.now());
    const init = map && (await this.#init(new URL(map.uri, url).href));
    if (exchange.status !== 200 || (map && !init)) return false;
    const piece = init ? readFragments(init, exchange.bytes) : this.#transport.read(exchange.bytes);
    arrived(this.#arrivalsIn(piece));
    return true;
  }

  /** Without what was had before, as where a segment comes of which some parts were there. */
  #arrivalsIn({ tracks }: ReadPiece): Arrival[] {
    const at = performance.now();
    const found = tracks.flatMap(({ kind, scale, samples }) =>
      kind === 'other' ? [] : samples.map(({ dts, pts }) => ({ kind, dts: dts / scale, pts: pts / scale })),
    );
    const fresh = found.filter(({ dts }) => dts > this.#lastTime - POLL / 1000);
    this.#lastTime = found.reduce((last, { dts }) => Math.max(last, dts), -Infinity);
    return fresh.map(({ kind, pts }) => ({ kind, timestamp: 1000 * pts, at }));
  }

  #init(url: string): Promise<Uint8Array | undefined> {
    const known = this.#inits.get(url);
    if (known) return known;
    const { client, checker } = this.#options;
    const asked = client.get(url, 'init').then((exchange) => {
      checker.exchange(exchange, performance.now());
      return exchange.status === 200 ? exchange.bytes : undefined;
    });
    this.#inits.set(url, asked);
    return asked;
  }

  #jump(playlist: MediaPlaylist, why: Jump['why']): void {
    const from = this.#next!;
    const start = this.#startOf(playlist);
    // What is not there now will not be there the next time either.
    const to = compareEdges(start, from) > 0 ? start : edgeOf(playlist);
    this.#next = to;
    this.#hinted = undefined;
    this.#options.jumped({ at: performance.now(), from, to, why });
  }

  /** Where a player begins: its distance from the end, and from there back to where decoding can start. */
  #startOf(playlist: MediaPlaylist): Edge {
    const { control, targetDuration, ended } = playlist;
    const { lowLatency } = this.#options;
    const distance = ended
      ? Infinity
      : lowLatency
        ? (control?.partHoldBack ?? BEHIND * targetDuration)
        : (control?.holdBack ?? BEHIND * targetDuration);
    let left = lengthOf(playlist);
    let best: Edge = { sequence: allOf(playlist)[0]?.sequence ?? playlist.sequence, parts: 0 };
    for (const segment of allOf(playlist)) {
      const isUsed = lowLatency && segment.parts.length > 0;
      if (left >= distance) best = { sequence: segment.sequence, parts: 0 };
      for (const [index, part] of segment.parts.entries()) {
        if (isUsed && left >= distance && part.independent) best = { sequence: segment.sequence, parts: index };
        left -= part.duration;
      }
      if (isComplete(segment) && segment.parts.length === 0) left -= segment.duration;
    }
    return best;
  }

  /** Waits as a player's clock does. */
  async #pause(ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (let left = ms; !this.stopped && left > 0; left = end - performance.now()) {
      const wait = Math.min(50, left);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
