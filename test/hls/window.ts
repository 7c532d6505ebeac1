import type { MediaPlaylist, OpenSegment, Part, Segment } from './playlist.ts';

/** Numbers in playlists are rounded; seconds by which two of them may differ for that. */
export const ROUNDING = 0.002;

/** The segments, and the one that is not complete yet. */
export function allOf({ segments, open }: MediaPlaylist): readonly OpenSegment[] {
  return open ? [...segments, open] : segments;
}

export function isComplete(segment: OpenSegment): segment is Segment {
  return 'uri' in segment;
}

/** Seconds. */
export function sum(items: readonly { readonly duration: number }[]): number {
  return items.reduce((total, { duration }) => total + duration, 0);
}

/** Seconds of all that is listed. */
export function lengthOf({ segments, open }: MediaPlaylist): number {
  return sum(segments) + sum(open?.parts ?? []);
}

/** The place behind the last thing in a playlist: the number of a segment, and how many parts of it there are. */
export interface Edge {
  readonly sequence: number;
  readonly parts: number;
}

export function edgeOf(playlist: MediaPlaylist): Edge {
  const { sequence, skipped = 0, segments, open } = playlist;
  return { sequence: sequence + skipped + segments.length, parts: open?.parts.length ?? 0 };
}

/** Below zero where the first is earlier. */
export function compareEdges(a: Edge, b: Edge): number {
  return a.sequence - b.sequence || a.parts - b.parts;
}

/** What a player waits for (`_HLS_msn` and `_HLS_part`) is in a playlist. */
export function holds(playlist: MediaPlaylist, sequence: number, part?: number): boolean {
  const edge = edgeOf(playlist);
  if (edge.sequence > sequence) return true;
  return part !== undefined && edge.sequence === sequence && edge.parts > part;
}

/** What names the bytes of a segment or a part. */
export function nameOf({ uri, range }: Pick<Part, 'uri' | 'range'>): string {
  return range ? `${uri} ${range.length}@${range.offset}` : uri;
}
