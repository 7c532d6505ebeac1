/** As much of HLS playlists as a load needs. */

export interface Piece {
  /** Its place among all pieces of its kind: a segment's number, or that and the part's. */
  sequence: number;
  part: number | undefined;
  uri: string;
  /** Decoding can start here. */
  independent: boolean;
  /** Seconds. */
  duration: number;
}

/** What a media playlist says. */
export interface MediaList {
  /** Seconds. */
  target: number;
  /** Seconds that a player stays behind the end when it plays parts. */
  partHoldBack: number;
  init: string | undefined;
  segments: readonly Piece[];
  /** Those that are listed, the oldest first. */
  parts: readonly Piece[];
  /** What comes next: the part, or the segment where there are no parts. */
  next: { sequence: number; part: number };
}

/** Of a media playlist with or without parts, not a delta update. */
export function readMediaList(text: string): MediaList {
  const segments: Piece[] = [];
  const parts: Piece[] = [];
  let sequence = 1;
  let part = 0;
  let target = 0;
  let partHoldBack = 0;
  let init: string | undefined;
  let duration = 0;
  for (const line of text.split('\n')) {
    const value = line.slice(line.indexOf(':') + 1);
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) sequence = Number(value);
    else if (line.startsWith('#EXT-X-TARGETDURATION:')) target = Number(value);
    else if (line.startsWith('#EXT-X-SERVER-CONTROL:'))
      partHoldBack = Number(/PART-HOLD-BACK=([\d.]+)/.exec(value)?.[1] ?? 0);
    else if (line.startsWith('#EXT-X-MAP:')) init = uriOf(value);
    else if (line.startsWith('#EXTINF:')) duration = Number.parseFloat(value);
    else if (line.startsWith('#EXT-X-PART:')) {
      const independent = value.includes('INDEPENDENT=YES');
      const seconds = Number.parseFloat(/DURATION=([\d.]+)/.exec(value)?.[1] ?? '0');
      parts.push({ sequence, part: part++, uri: uriOf(value), independent, duration: seconds });
    } else if (line !== '' && !line.startsWith('#')) {
      segments.push({ sequence: sequence++, part: undefined, uri: line, independent: true, duration });
      part = 0;
    }
  }
  return { target, partHoldBack, init, segments, parts, next: { sequence, part } };
}

/** The address of the first variant in a multivariant playlist. */
export function firstVariant(text: string): string {
  const uri = text.split('\n').find((line) => line !== '' && !line.startsWith('#'));
  if (uri === undefined) throw new Error(`No variant is in this: ${text.slice(0, 200)}`);
  return uri;
}

/** Where an address in a playlist leads, which is at `base`. */
export function resolveUri(uri: string, base: string): string {
  return new URL(uri, `http://127.0.0.1${base}`).pathname;
}

/** True where `one` comes after `other`. */
export function isAfter(one: Pick<Piece, 'sequence' | 'part'>, other: Pick<Piece, 'sequence' | 'part'>): boolean {
  return one.sequence === other.sequence ? (one.part ?? 0) > (other.part ?? 0) : one.sequence > other.sequence;
}

function uriOf(attributes: string): string {
  return /URI="([^"]*)"/.exec(attributes)?.[1] ?? '';
}
