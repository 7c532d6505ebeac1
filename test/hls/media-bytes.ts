import { ProtocolError } from '../../src/errors.ts';
import { codecsOfInit, codecsOfTransport } from './codecs-of.ts';
import { readFragments } from './fragment-reader.ts';
import type { ReadPiece } from './media-samples.ts';
import type { MediaPlaylist, OpenSegment, Part, Resource, Segment } from './playlist.ts';
import { type Fault, faultOf, judge } from './rule.ts';
import { byteRules, type PartFacts, type Past, pastOf, type SegmentFacts } from './rules-bytes.ts';
import { streamRules } from './rules-stream.ts';
import { TransportReader } from './transport-reader.ts';
import { allOf, isComplete } from './window.ts';

/** A segment that is listed and not judged yet. */
interface Pending {
  segment: OpenSegment;
  /** Parts as they were listed last. */
  parts: readonly Part[];
}

/** Something that is listed and nobody has brought yet. */
export interface Wanted {
  readonly url: string;
  readonly kind: 'init' | 'segment' | 'part';
}

/** The bytes of one rendition: waits until all of a segment is here, judges it and forgets it. */
export class MediaBytes {
  judged = 0;
  /** Of the newest segment, in the spelling of RFC 6381. */
  codecs: string[] | undefined;
  readonly #url: string;
  readonly #withParts: boolean;
  readonly #pending = new Map<number, Pending>();
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #inits = new Map<string, Uint8Array>();
  readonly #transport = new TransportReader();
  #playlist: MediaPlaylist | undefined;
  /** The highest number that was judged or passed over. */
  #done = 0;
  #past: { sequence: number; past: Past } | undefined;

  constructor(url: string, withParts: boolean) {
    this.#url = url;
    this.#withParts = withParts;
  }

  /** What is listed now. */
  follow(playlist: MediaPlaylist): Fault[] {
    this.#playlist = playlist;
    for (const segment of allOf(playlist)) {
      if (segment.sequence <= this.#done) continue;
      const known = this.#pending.get(segment.sequence);
      // Those of a segment that was not complete when it was seen with its parts may have been more.
      const old = known && isComplete(known.segment) ? known.parts : [];
      const parts = this.#withParts && segment.parts.length > 0 ? segment.parts : old;
      this.#pending.set(segment.sequence, { segment, parts });
    }
    for (const [sequence, { segment, parts }] of this.#pending)
      if (sequence < playlist.sequence) this.#forget(segment, parts);
    return this.#judge();
  }

  /** Bytes of any address; those of others are left alone. */
  take(url: string, bytes: Uint8Array): Fault[] {
    for (const { segment, parts } of this.#pending.values()) {
      const listed: (Resource | undefined)[] = [isComplete(segment) ? segment : undefined, segment.map, ...parts];
      if (!listed.some((resource) => resource && this.#address(resource) === url)) continue;
      if (segment.map && this.#address(segment.map) === url) this.#inits.set(url, bytes);
      this.#bytes.set(url, bytes);
    }
    return this.#judge();
  }

  wanted(): Wanted[] {
    const urls = new Map<string, Wanted['kind']>();
    for (const { segment, parts } of this.#pending.values()) {
      if (segment.map) urls.set(this.#address(segment.map), 'init');
      for (const part of parts) if (!part.gap) urls.set(this.#address(part), 'part');
      if (isComplete(segment) && !segment.gap) urls.set(this.#address(segment), 'segment');
    }
    const here = (url: string): boolean => this.#bytes.has(url) || this.#inits.has(url);
    return [...urls].filter(([url]) => !here(url)).map(([url, kind]) => ({ url, kind }));
  }

  #judge(): Fault[] {
    const faults: Fault[] = [];
    for (const [sequence, { segment, parts }] of [...this.#pending].toSorted(([a], [b]) => a - b)) {
      if (!isComplete(segment)) break;
      if (segment.gap) {
        this.#forget(segment, parts);
        continue;
      }
      const bytes = this.#of(segment);
      const init = segment.map && this.#of(segment.map);
      const whole = parts.map((part) => ({ part, bytes: this.#of(part) }));
      const complete = whole.every((part): part is PartFacts => part.bytes !== undefined);
      if (!bytes || (segment.map && !init) || !complete) continue;
      faults.push(...this.#judgeOne(segment, { bytes, init, parts: whole as PartFacts[] }));
      this.#done = Math.max(this.#done, sequence);
      this.judged++;
      this.#forget(segment, parts);
    }
    return faults;
  }

  #judgeOne(
    segment: Segment,
    { bytes, init, parts }: { bytes: Uint8Array; init: Uint8Array | undefined; parts: readonly PartFacts[] },
  ): Fault[] {
    const where = this.#address(segment);
    const goesOn = !segment.discontinuity && this.#past?.sequence === segment.sequence - 1;
    try {
      // One that comes out of turn says nothing of the counters of others.
      if (!goesOn) this.#transport.restart();
      const read = (data: Uint8Array): ReadPiece => (init ? readFragments(init, data) : this.#transport.read(data));
      const facts: SegmentFacts = {
        playlist: this.#playlist!,
        segment,
        bytes,
        piece: read(bytes),
        parts: init ? parts.map((part) => ({ ...part, piece: read(part.bytes) })) : parts,
        ...(goesOn && this.#past && { before: this.#past.past }),
      };
      const found = init ? codecsOfInit(init) : codecsOfTransport(bytes);
      // What pauses is not in every segment of MPEG-TS.
      if (init || !goesOn || found.length >= (this.codecs?.length ?? 0)) this.codecs = found;
      const past = pastOf(facts);
      this.#past = past && { sequence: segment.sequence, past };
      return judge(byteRules, facts, where);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#past = undefined;
      return [faultOf(streamRules.bytes, where, error.message)];
    }
  }

  /** Init segments are kept: others need them. */
  #forget(segment: OpenSegment, parts: readonly Part[]): void {
    this.#pending.delete(segment.sequence);
    for (const resource of [...parts, ...(isComplete(segment) ? [segment] : [])])
      this.#bytes.delete(this.#address(resource));
    this.#done = Math.max(this.#done, segment.sequence);
  }

  #of({ uri, range }: Resource): Uint8Array | undefined {
    const url = this.#address({ uri });
    const bytes = this.#inits.get(url) ?? this.#bytes.get(url);
    return range && bytes ? bytes.subarray(range.offset, range.offset + range.length) : bytes;
  }

  #address({ uri }: Pick<Resource, 'uri'>): string {
    return new URL(uri, this.#url).href;
  }
}
