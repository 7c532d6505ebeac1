import { ProtocolError } from '../../src/errors.ts';

/** A line of a playlist that says something: a tag, or an address. */
export type Line = { number: number } & ({ name: string; value: string | undefined } | { uri: string });

/** In which playlists a tag may stand. */
type Kind = 'media' | 'multivariant' | 'both';

/** Every tag that the specification has, and that is read or refused (4.4). */
export const tags: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['EXTM3U', 'both'],
  ['EXT-X-VERSION', 'both'],
  ['EXT-X-INDEPENDENT-SEGMENTS', 'both'],
  ['EXT-X-START', 'both'],
  ['EXT-X-DEFINE', 'both'],
  ['EXT-X-TARGETDURATION', 'media'],
  ['EXT-X-MEDIA-SEQUENCE', 'media'],
  ['EXT-X-DISCONTINUITY-SEQUENCE', 'media'],
  ['EXT-X-ENDLIST', 'media'],
  ['EXT-X-PLAYLIST-TYPE', 'media'],
  ['EXT-X-I-FRAMES-ONLY', 'media'],
  ['EXT-X-PART-INF', 'media'],
  ['EXT-X-SERVER-CONTROL', 'media'],
  ['EXTINF', 'media'],
  ['EXT-X-BYTERANGE', 'media'],
  ['EXT-X-DISCONTINUITY', 'media'],
  ['EXT-X-KEY', 'media'],
  ['EXT-X-MAP', 'media'],
  ['EXT-X-PROGRAM-DATE-TIME', 'media'],
  ['EXT-X-GAP', 'media'],
  ['EXT-X-BITRATE', 'media'],
  ['EXT-X-PART', 'media'],
  ['EXT-X-DATERANGE', 'media'],
  ['EXT-X-SKIP', 'media'],
  ['EXT-X-PRELOAD-HINT', 'media'],
  ['EXT-X-RENDITION-REPORT', 'media'],
  ['EXT-X-MEDIA', 'multivariant'],
  ['EXT-X-STREAM-INF', 'multivariant'],
  ['EXT-X-I-FRAME-STREAM-INF', 'multivariant'],
  ['EXT-X-SESSION-DATA', 'multivariant'],
  ['EXT-X-SESSION-KEY', 'multivariant'],
  ['EXT-X-CONTENT-STEERING', 'multivariant'],
]);

/** The name of a tag and what follows its colon. */
export function tagOf(line: string): { name: string; value: string | undefined } {
  const colon = line.indexOf(':');
  const name = line.slice(1, colon < 0 ? undefined : colon);
  return { name, value: colon < 0 ? undefined : line.slice(colon + 1) };
}

/** Reads lines in their order and keeps what may stand only once. */
export abstract class TagReader {
  readonly #seen = new Set<string>();
  readonly #unknown = new Set<string>();

  /** Takes the next line. */
  abstract read(line: Line): void;

  /** Names of tags that nobody knows. */
  get unknown(): string[] {
    return [...this.#unknown];
  }

  protected isUnknown(name: string): boolean {
    if (tags.has(name)) return false;
    this.#unknown.add(name);
    return true;
  }

  protected has(name: string): boolean {
    return this.#seen.has(name);
  }

  protected once(name: string): void {
    if (this.#seen.has(name)) throw new ProtocolError(`${name} stands there twice.`);
    this.#seen.add(name);
  }

  /** The value of a tag that has one. */
  protected valueOf(name: string, value: string | undefined): string {
    if (value === undefined) throw new ProtocolError(`${name} has no value.`);
    return value;
  }

  /** Of a tag that has no value. */
  protected bare(name: string, value: string | undefined): void {
    if (value !== undefined) throw new ProtocolError(`${name} has a value.`);
  }
}
