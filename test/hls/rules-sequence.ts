import type { MediaPlaylist, OpenSegment } from './playlist.ts';
import type { Rule } from './rule.ts';
import { allOf, compareEdges, edgeOf, isComplete, lengthOf, nameOf, ROUNDING } from './window.ts';

/** Two playlists of one address, the second of which came later. Delta updates are whole again. */
export interface Succession {
  readonly before: MediaPlaylist;
  readonly after: MediaPlaylist;
}

/** ms by which dates may leave the durations of what they date, in an hour, and for their rounding. */
const DRIFT = { perHour: 50, rounding: 5 };
const HOUR = 3_600_000;

/** What must be true of two playlists of one address. */
export const sequenceRules: readonly Rule<Succession>[] = [
  {
    id: 'C-HLS-03/constant',
    sentence: 'The target durations and the type of a playlist never change (4.4.3.1).',
    *broken({ before, after }) {
      if (after.targetDuration !== before.targetDuration)
        yield `EXT-X-TARGETDURATION was ${before.targetDuration} and is ${after.targetDuration}`;
      if (after.partTarget !== before.partTarget)
        yield `PART-TARGET was ${before.partTarget} and is ${after.partTarget}`;
      if (after.type !== before.type) yield 'EXT-X-PLAYLIST-TYPE';
    },
  },
  {
    id: 'C-HLS-04/forward',
    sentence: 'A playlist goes on and never back (6.2.1).',
    *broken({ before, after }) {
      if (after.sequence < before.sequence) yield `it began at ${before.sequence} and begins at ${after.sequence}`;
      else if (compareEdges(edgeOf(after), edgeOf(before)) < 0) yield 'its end went back';
    },
  },
  {
    id: 'C-HLS-04/removal',
    sentence: 'EXT-X-MEDIA-SEQUENCE grows by one for each segment that is removed (4.4.3.2).',
    *broken(succession) {
      for (const [before, after] of commonOf(succession))
        if (isComplete(before) && isComplete(after) && nameOf(before) !== nameOf(after))
          yield `segment ${after.sequence} was ${before.uri} and is ${after.uri}`;
    },
  },
  {
    id: 'C-HLS-06/number',
    sentence: 'EXT-X-DISCONTINUITY-SEQUENCE grows by one for each discontinuity that is removed (4.4.3.3).',
    *broken(succession) {
      const [first] = commonOf(succession);
      if (first && first[0].continuity !== first[1].continuity)
        yield `segment ${first[1].sequence} was behind ${first[0].continuity} and is behind ${first[1].continuity}`;
    },
  },
  {
    id: 'C-HLS-06/kept',
    sentence: 'Nothing changes in what was already there (6.2.1).',
    *broken(succession) {
      for (const [before, after] of commonOf(succession))
        for (const what of changesOf(before, after)) yield `${what} of segment ${after.sequence}`;
    },
  },
  {
    id: 'C-HLS-09/window',
    sentence: 'Segments are removed only while three target durations are left (6.2.2).',
    *broken({ before, after }) {
      const left = lengthOf(after);
      if (after.sequence > before.sequence && left < 3 * after.targetDuration - ROUNDING)
        yield `${left.toFixed(3)} s are left`;
    },
  },
  {
    id: 'C-HLS-17/over',
    sentence: 'Nothing follows EXT-X-ENDLIST (4.4.3.4).',
    *broken({ before, after }) {
      if (!before.ended) return;
      if (!after.ended) yield 'it goes on';
      else if (compareEdges(edgeOf(after), edgeOf(before)) > 0) yield 'there is more';
    },
  },
  {
    id: 'C-HLS-20/kept',
    sentence: 'Parts are added behind those that are there, and change no more.',
    *broken(succession) {
      if (compareEdges(edgeOf(succession.after), edgeOf(succession.before)) < 0) return;
      for (const [before, after] of commonOf(succession)) {
        // They may be left out once the segment is complete.
        if (isComplete(after) && after.parts.length === 0) continue;
        const [old, now] = [before.parts.map(partName), after.parts.map(partName)];
        if (isComplete(before) && old.length !== now.length) yield `segment ${after.sequence} has other parts`;
        else if (old.some((name, index) => name !== now[index])) yield `segment ${after.sequence}`;
      }
    },
  },
];

/** How dates move against durations over the life of a playlist. */
export interface Drift {
  /** ms that the durations say, and the dates. */
  readonly media: number;
  readonly dates: number;
}

export const driftRules: readonly Rule<Drift>[] = [
  {
    id: 'C-HLS-16/drift',
    sentence: 'Dates leave the durations by 50 ms an hour at most.',
    *broken({ media, dates }) {
      const off = Math.abs(dates - media);
      if (off > DRIFT.rounding + (DRIFT.perHour * Math.max(media, HOUR)) / HOUR)
        yield `${Math.round(off)} ms in ${Math.round(media / 1000)} s`;
    },
  },
];

/** A report of another rendition, and that rendition as it was known before. */
export interface Report {
  readonly uri: string;
  readonly reported: { readonly sequence: number; readonly part: number | undefined };
  readonly known: MediaPlaylist;
}

export const reportRules: readonly Rule<Report>[] = [
  {
    id: 'C-HLS-28/near',
    sentence: 'A rendition report is no more than one part behind (4.4.5.4).',
    *broken({ uri, reported, known }) {
      const edge = edgeOf(known);
      const last = edge.parts > 0 ? edge.sequence : edge.sequence - 1;
      const part = edge.parts > 0 ? edge.parts - 1 : (known.segments.at(-1)?.parts.length ?? 1) - 1;
      const behind =
        reported.sequence < last - 1 ||
        (reported.sequence === last - 1 && part > 0) ||
        (reported.sequence === last && reported.part !== undefined && reported.part < part - 1);
      if (behind) yield `${uri} is at ${last}.${part} and is said to be at ${reported.sequence}.${reported.part}`;
    },
  },
];

/** All media playlists of one multivariant playlist, by their addresses. */
export type Renditions = ReadonlyMap<string, MediaPlaylist>;

export const renditionRules: readonly Rule<Renditions>[] = [
  {
    id: 'C-HLS-13/targets',
    sentence: 'All renditions have the same target duration.',
    *broken(renditions) {
      const targets = new Set([...renditions.values()].map(({ targetDuration }) => targetDuration));
      if (targets.size > 1) yield [...targets].join(', ');
    },
  },
  {
    id: 'C-HLS-28/reports',
    sentence: 'A playlist with parts reports all other renditions (B.1).',
    *broken(renditions) {
      for (const [address, { partTarget, ended, reports }] of renditions) {
        if (partTarget === undefined || ended) continue;
        const told = new Set(reports.map(({ uri }) => new URL(uri, address).href));
        for (const other of renditions.keys()) if (other !== address && !told.has(other)) yield `${address}: ${other}`;
      }
    },
  },
];

/** The segments that are in both, complete or not. */
function commonOf({ before, after }: Succession): [OpenSegment, OpenSegment][] {
  const old = new Map(allOf(before).map((segment) => [segment.sequence, segment]));
  return allOf(after).flatMap((segment): [OpenSegment, OpenSegment][] => {
    const known = old.get(segment.sequence);
    return known ? [[known, segment]] : [];
  });
}

function* changesOf(before: OpenSegment, after: OpenSegment): Iterable<string> {
  if (before.discontinuity !== after.discontinuity && (before.discontinuity || isComplete(before)))
    yield 'the discontinuity';
  if (before.at !== undefined && after.at !== undefined && before.at !== after.at) yield 'the date';
  if ((before.parts.length > 0 || isComplete(before)) && mapOf(before) !== mapOf(after)) yield 'the map';
  if (!isComplete(before) || !isComplete(after)) return;
  if (before.duration !== after.duration) yield 'the duration';
  if (before.gap !== after.gap) yield 'the gap';
}

function mapOf({ map }: OpenSegment): string | undefined {
  return map && nameOf(map);
}

function partName(part: OpenSegment['parts'][number]): string {
  return `${nameOf(part)} ${part.duration} ${part.independent} ${part.gap}`;
}
