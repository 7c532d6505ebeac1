import type { MediaPlaylist, OpenSegment } from './playlist.ts';
import type { Rule } from './rule.ts';
import { allOf, isComplete, lengthOf, nameOf, ROUNDING, sum } from './window.ts';

/** A part is at least so much of the target, unless it is the last of its segment (4.4.4.9). */
const LEAST_PART = 0.85;
/** ms by which a date may differ from what the durations before it say. */
const DATE_STEP = 50;
const FRAGMENTS = /\.(?:m4s|mp4|m4v|m4a|cmf[va])(?:\?|$)/;

/** What must be true of a media playlist by itself. */
export const mediaRules: readonly Rule<MediaPlaylist>[] = [
  {
    id: 'C-HLS-01/known',
    sentence: 'A playlist has no tags that the specification does not have.',
    broken: ({ unknown }) => unknown,
  },
  {
    id: 'C-HLS-02/version',
    sentence: 'EXT-X-VERSION is as high as the tags of the playlist need (8).',
    *broken({ version, needs }) {
      if (version < needs) yield `${version} in place of ${needs}`;
    },
  },
  {
    id: 'C-HLS-03/target',
    sentence: 'No segment, rounded, is longer than EXT-X-TARGETDURATION (4.4.3.1).',
    *broken({ segments, targetDuration }) {
      for (const { sequence, duration } of segments)
        if (Math.round(duration) > targetDuration) yield `segment ${sequence} has ${duration} s`;
    },
  },
  {
    id: 'C-HLS-05/first',
    sentence: 'Numbers of segments begin at 1, since players exist that take 0 for none.',
    *broken({ sequence }) {
      if (sequence < 1) yield `EXT-X-MEDIA-SEQUENCE is ${sequence}`;
    },
  },
  {
    id: 'C-HLS-07/map',
    sentence: 'Segments in fragmented MP4 have an EXT-X-MAP, and others have none (4.4.4.5).',
    *broken(playlist) {
      for (const segment of allOf(playlist)) {
        const uri = isComplete(segment) ? segment.uri : segment.parts[0]?.uri;
        // What a delta update leaves out may hold the map.
        if (uri === undefined || (playlist.skipped !== undefined && !segment.map)) continue;
        if (FRAGMENTS.test(uri) !== (segment.map !== undefined)) yield `segment ${segment.sequence}`;
      }
    },
  },
  {
    id: 'C-HLS-07/change',
    sentence: 'The map changes only at a discontinuity.',
    *broken(playlist) {
      for (const [before, after] of pairsOf(allOf(playlist))) {
        if (after.discontinuity || !before.map || !after.map) continue;
        if (nameOf(before.map) !== nameOf(after.map)) yield `segment ${after.sequence}`;
      }
    },
  },
  {
    id: 'C-HLS-16/present',
    sentence: 'A live playlist tells the date of its first segment, and of every segment behind a discontinuity.',
    *broken({ segments, skipped }) {
      for (const [index, segment] of segments.entries()) {
        if (segment.at !== undefined) continue;
        if (segment.discontinuity || (index === 0 && skipped === undefined)) yield `segment ${segment.sequence}`;
      }
    },
  },
  {
    id: 'C-HLS-16/order',
    sentence: 'Dates never go back.',
    *broken(playlist) {
      for (const [before, after] of pairsOf(datedOf(playlist)))
        if (after.at < before.at) yield `segment ${after.sequence} is ${before.at - after.at} ms earlier`;
    },
  },
  {
    id: 'C-HLS-16/durations',
    sentence: 'Between discontinuities a date is the one before and the durations since.',
    *broken({ segments }) {
      let due: number | undefined;
      for (const { sequence, at, discontinuity, duration } of segments) {
        if (discontinuity) due = undefined;
        if (at !== undefined && due !== undefined && at >= due - 60_000 && Math.abs(at - due) > DATE_STEP)
          yield `segment ${sequence} is ${Math.round(at - due)} ms off`;
        due = (at ?? due ?? NaN) + 1000 * duration;
        if (Number.isNaN(due)) due = undefined;
      }
    },
  },
  {
    id: 'C-HLS-17/closed',
    sentence: 'A playlist that has ended promises nothing more.',
    *broken({ ended, hints, open }) {
      if (ended && hints.length > 0) yield 'it hints at what comes';
      if (ended && open) yield 'a segment is not complete';
    },
  },
  {
    id: 'C-HLS-20/part-target',
    sentence: 'No part is longer than PART-TARGET (4.4.3.7).',
    *broken(playlist) {
      for (const { sequence, parts } of allOf(playlist))
        for (const [index, { duration }] of parts.entries())
          if (duration > playlist.partTarget! + ROUNDING) yield `part ${sequence}.${index} has ${duration} s`;
    },
  },
  {
    id: 'C-HLS-20/least',
    sentence: 'Every part but the last of its segment is at least 85 % of PART-TARGET (4.4.4.9).',
    *broken(playlist) {
      for (const { sequence, parts } of allOf(playlist))
        for (const [index, { duration, gap }] of parts.slice(0, -1).entries())
          if (!gap && duration < LEAST_PART * playlist.partTarget! - ROUNDING)
            yield `part ${sequence}.${index} has ${duration} s`;
    },
  },
  {
    id: 'C-HLS-20/sum',
    sentence: 'The parts of a segment are together as long as it is.',
    *broken({ segments }) {
      for (const { sequence, parts, duration } of segments) {
        const difference = Math.abs(sum(parts) - duration);
        if (parts.length > 0 && difference > ROUNDING) yield `segment ${sequence} by ${difference.toFixed(4)} s`;
      }
    },
  },
  {
    id: 'C-HLS-20/old',
    sentence: 'Parts are listed only as long as they are within three target durations of the end (4.4.4.9).',
    *broken(playlist) {
      let left = lengthOf(playlist);
      for (const { sequence, parts, duration } of playlist.segments) {
        left -= duration;
        if (parts.length > 0 && left > 3 * playlist.targetDuration + ROUNDING) yield `segment ${sequence}`;
      }
    },
  },
  {
    id: 'C-HLS-26/skip-until',
    sentence: 'CAN-SKIP-UNTIL is at least six target durations (4.4.3.8).',
    *broken({ control, targetDuration }) {
      const { canSkipUntil } = control ?? {};
      if (canSkipUntil !== undefined && canSkipUntil < 6 * targetDuration) yield `it is ${canSkipUntil} s`;
    },
  },
  {
    id: 'C-HLS-26/boundary',
    sentence: 'A delta update leaves out only what is further from the end than CAN-SKIP-UNTIL (4.4.5.2).',
    *broken(playlist) {
      const { skipped, control } = playlist;
      if (skipped === undefined) return;
      const left = lengthOf(playlist);
      if (control?.canSkipUntil === undefined) yield 'nothing may be left out';
      else if (left < control.canSkipUntil - ROUNDING) yield `only ${left.toFixed(3)} s are left`;
    },
  },
  {
    id: 'C-HLS-27/hint',
    sentence: 'A playlist with parts hints at the next one, which is not in it yet.',
    *broken(playlist) {
      if (playlist.partTarget === undefined || playlist.ended) return;
      const hints = playlist.hints.filter(({ type }) => type === 'PART');
      if (hints.length !== 1) yield `${hints.length} hints`;
      for (const hint of hints)
        if (partsOf(playlist).some(({ uri, range }) => uri === hint.uri && (range?.offset ?? 0) >= hint.start))
          yield `${hint.uri} is there already`;
    },
  },
  {
    id: 'C-HLS-29/hold-back',
    sentence: 'HOLD-BACK is at least three target durations (4.4.3.8).',
    *broken({ control, targetDuration }) {
      const { holdBack } = control ?? {};
      if (holdBack !== undefined && holdBack < 3 * targetDuration) yield `it is ${holdBack} s`;
    },
  },
  {
    id: 'C-HLS-29/part-hold-back',
    sentence: 'Where there are parts PART-HOLD-BACK is told, and at least twice PART-TARGET (4.4.3.8).',
    *broken({ control, partTarget }) {
      const { partHoldBack = 0 } = control ?? {};
      if (partTarget !== undefined && partHoldBack < 2 * partTarget) yield `it is ${partHoldBack} s`;
    },
  },
];

function partsOf(playlist: MediaPlaylist): OpenSegment['parts'] {
  return allOf(playlist).flatMap(({ parts }) => parts);
}

function datedOf(playlist: MediaPlaylist): (OpenSegment & { at: number })[] {
  return allOf(playlist).filter((segment): segment is OpenSegment & { at: number } => segment.at !== undefined);
}

function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.slice(1).map((item, index): [T, T] => [items[index]!, item]);
}
