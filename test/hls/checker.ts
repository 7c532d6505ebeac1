import { createHash } from 'node:crypto';
import { ProtocolError } from '../../src/errors.ts';
import { mergeDelta } from './delta.ts';
import { MediaBytes, type Wanted } from './media-bytes.ts';
import type { MediaPlaylist, MultivariantPlaylist, Playlist } from './playlist.ts';
import { readPlaylist } from './playlist-reader.ts';
import { type Fault, faultOf, judge, phrase } from './rule.ts';
import { codecRules } from './rules-bytes.ts';
import { type Exchange, httpRules, isPlaylist } from './rules-http.ts';
import { mediaRules } from './rules-media.ts';
import { multivariantRules } from './rules-multivariant.ts';
import { driftRules, renditionRules, reportRules, sequenceRules } from './rules-sequence.ts';
import { streamRules } from './rules-stream.ts';
import { sum } from './window.ts';

export interface CheckerOptions {
  /** True for a player that has parts: a segment is judged once they are here, too. Default true. */
  parts?: boolean;
  /** Rules that do not hold for this stream. */
  except?: readonly string[];
}

/** What is known of the media playlist of one address. */
interface Known {
  last: MediaPlaylist;
  readonly bytes: MediaBytes;
  /** Media and dates since the last discontinuity. */
  drift: { continuity: number; at: number; sequence: number; media: number } | undefined;
  first: number;
}

/** Holds everything that a stream says and is against all rules, in the order in which it comes. */
export class HlsChecker {
  readonly faults: Fault[] = [];
  /** Rules that do not hold now. */
  readonly except: Set<string>;
  readonly #parts: boolean;
  readonly #media = new Map<string, Known>();
  readonly #hashes = new Map<string, string>();
  /** Until when what was listed must be there; ms of the caller's clock. */
  readonly #until = new Map<string, number>();
  #multivariant: { url: string; playlist: MultivariantPlaylist } | undefined;
  #endedAt: number | undefined;
  #lost = false;

  constructor({ parts = true, except = [] }: CheckerOptions = {}) {
    this.#parts = parts;
    this.except = new Set(except);
  }

  /** One line for each fault, each once. */
  get complaints(): string[] {
    return [...new Set(this.faults.map(phrase))];
  }

  /** The media playlist of this address as it was last, whole. */
  latest(url: string): MediaPlaylist | undefined {
    return this.#media.get(url)?.last;
  }

  /** Discontinuities that were there since the first playlist of this address. */
  discontinuities(url: string): number {
    const known = this.#media.get(url);
    if (!known) return 0;
    const { last, first } = known;
    return (last.open ?? last.segments.at(-1))!.continuity - first;
  }

  /** What the playlists list and nobody has brought yet. */
  wanted(): Wanted[] {
    return [...this.#media.values()].flatMap(({ bytes }) => bytes.wanted());
  }

  /** How many segments have been judged by their bytes. */
  get judged(): number {
    return [...this.#media.values()].reduce((count, { bytes }) => count + bytes.judged, 0);
  }

  /** The publisher ended its stream at this time; ms of the clock that `playlist` gets. */
  streamEnded(now: number): void {
    this.#endedAt = now;
  }

  /** The publisher is gone and may come back, or is there again. */
  streamLost(lost: boolean): void {
    this.#lost = lost;
  }

  /** An answer over HTTP, with all that is in it. Gives the playlist as a player has it then, if it was one. */
  exchange(exchange: Exchange, now?: number): Playlist | undefined {
    const { url, kind, status, bytes } = exchange;
    const address = addressOf(url);
    const before = this.latest(address);
    const playlist = status === 200 && isPlaylist(kind) ? this.#read(address, bytes) : undefined;
    const media = playlist?.kind === 'media' ? { playlist } : {};
    this.#add(judge(httpRules, { ...exchange, ...(before && { before }), ...media }, url));
    if (playlist) return this.#take(address, playlist, now);
    if (status === 200 && !isPlaylist(kind)) this.resource(url, bytes);
    if (status === 404 && now !== undefined && now < (this.#until.get(url) ?? 0))
      this.#add([faultOf(streamRules.gone, url, `${Math.round(this.#until.get(url)! - now)} ms too soon`)]);
    return undefined;
  }

  /** A playlist by itself. Undefined where it cannot be read, or made whole. */
  playlist(url: string, bytes: Uint8Array, now?: number): Playlist | undefined {
    const address = addressOf(url);
    const playlist = this.#read(address, bytes);
    return playlist && this.#take(address, playlist, now);
  }

  /** The bytes of an init segment, a segment or a part. */
  resource(url: string, bytes: Uint8Array): void {
    const hash = createHash('sha1').update(bytes).digest('base64');
    const known = this.#hashes.get(url);
    if (known !== undefined && known !== hash) this.#add([faultOf(streamRules.same, url, 'they differ')]);
    this.#hashes.set(url, hash);
    for (const { bytes: media } of this.#media.values()) this.#add(media.take(url, bytes));
  }

  /** What can be said only of all that came. Gives all complaints. */
  finish(): string[] {
    const renditions = new Map([...this.#media].map(([url, { last }]) => [url, last]));
    if (renditions.size > 0) this.#add(judge(renditionRules, renditions, this.#multivariant?.url ?? 'all'));
    this.#judgeCodecs();
    return this.complaints;
  }

  #read(url: string, bytes: Uint8Array): Playlist | undefined {
    try {
      return readPlaylist(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#add([faultOf(streamRules.readable, url, error.message)]);
      return undefined;
    }
  }

  #take(url: string, playlist: Playlist, now: number | undefined): Playlist | undefined {
    if (playlist.kind === 'media') return this.#takeMedia(url, playlist, now);
    this.#add(judge(multivariantRules, playlist, url));
    this.#multivariant = { url, playlist };
    return playlist;
  }

  #takeMedia(url: string, playlist: MediaPlaylist, now: number | undefined): MediaPlaylist | undefined {
    this.#add(judge(mediaRules, playlist, url));
    this.#judgeEnd(url, playlist, now);
    const known = this.#media.get(url);
    const after = mergeDelta(known?.last, playlist);
    if (!after) {
      this.#add([faultOf(streamRules.skipped, url, `it begins at ${playlist.sequence}`)]);
      return undefined;
    }
    if (known) this.#add(judge(sequenceRules, { before: known.last, after }, url));
    const first = after.segments[0]?.continuity ?? after.discontinuitySequence;
    const entry: Known = known ?? { last: after, bytes: new MediaBytes(url, this.#parts), drift: undefined, first };
    entry.last = after;
    this.#media.set(url, entry);
    this.#judgeDrift(url, entry);
    this.#judgeReports(url, after);
    if (now !== undefined) this.#keep(url, after, now);
    this.#add(entry.bytes.follow(after));
    return after;
  }

  #keep(url: string, { segments, ended }: MediaPlaylist, now: number): void {
    for (const [address, until] of this.#until) if (until < now) this.#until.delete(address);
    // What has ended is forgotten by and by.
    if (ended) return this.#until.clear();
    const length = sum(segments);
    for (const segment of segments)
      if (!segment.gap) this.#until.set(new URL(segment.uri, url).href, now + 1000 * (length + segment.duration));
  }

  #judgeEnd(url: string, { ended, targetDuration }: MediaPlaylist, now: number | undefined): void {
    if (ended && this.#lost) this.#add([faultOf(streamRules.early, url, 'it ends')]);
    if (ended || now === undefined || this.#endedAt === undefined) return;
    const since = now - this.#endedAt;
    if (since > 2000 * targetDuration) this.#add([faultOf(streamRules.late, url, `it goes on after ${since} ms`)]);
  }

  /** Every segment is counted once: those that came since the last one that was. */
  #judgeDrift(url: string, known: Known): void {
    for (const segment of known.last.segments) {
      const { drift } = known;
      if (drift && segment.sequence < drift.sequence) continue;
      if (!drift || drift.continuity !== segment.continuity || drift.sequence !== segment.sequence) {
        known.drift = undefined;
        if (segment.at !== undefined)
          known.drift = { ...segment, at: segment.at, sequence: segment.sequence + 1, media: 1000 * segment.duration };
        continue;
      }
      if (segment.at !== undefined)
        this.#add(judge(driftRules, { media: drift.media, dates: segment.at - drift.at }, url));
      drift.media += 1000 * sum([segment]);
      drift.sequence++;
    }
  }

  #judgeReports(url: string, { reports }: MediaPlaylist): void {
    for (const { uri, lastSequence, lastPart } of reports) {
      const known = this.latest(new URL(uri, url).href);
      const reported = { sequence: lastSequence, part: lastPart };
      if (known && !known.ended) this.#add(judge(reportRules, { uri, reported, known }, url));
    }
  }

  #judgeCodecs(): void {
    if (!this.#multivariant) return;
    const { url, playlist } = this.#multivariant;
    const found = (uri: string): string[] | undefined =>
      this.#media.get(addressOf(new URL(uri, url).href))?.bytes.codecs;
    for (const { uri, codecs, audio } of playlist.variants) {
      const groups = playlist.renditions.filter(({ group, uri }) => group === audio && uri !== undefined);
      const all = [found(uri), ...groups.map((rendition) => found(rendition.uri!))];
      if (all.some((each) => each === undefined)) continue;
      this.#add(judge(codecRules, { uri, told: codecs, found: all.flatMap((each) => each!) }, url));
    }
  }

  #add(faults: readonly Fault[]): void {
    this.faults.push(...faults.filter(({ rule }) => !this.except.has(rule)));
  }
}

/** Without what a player asks for by it. */
export function addressOf(url: string): string {
  const address = new URL(url);
  for (const name of [...address.searchParams.keys()]) if (name.startsWith('_HLS_')) address.searchParams.delete(name);
  return address.href;
}
