import type { Part, Segment } from '../../live/segment.ts';
import { SECOND } from '../../media/time.ts';
import { initName, listName, partName, segmentName } from './names.ts';

/** Target durations for which parts are listed (rfc8216bis, 4.4.4.9). */
const LIST_PARTS = 3;
/** Target durations before the end that are never skipped (rfc8216bis, 4.4.3.8). */
const SKIP_UNTIL = 6;
/** Target durations, and part targets, that a player stays behind the end (rfc8216bis, 4.4.3.8). */
const HOLD_BACK = 3;

/** How far another rendition of the same stream is. `part` is its last one's number. */
export interface Report {
  rendition: string;
  sequence: number;
  part: number | undefined;
}

/** What a media playlist says. Durations in µs. */
export interface MediaList {
  rendition: string;
  /** Of the names of segments. */
  extension: string;
  /** Whole seconds. */
  target: number;
  /** 0 where there are no parts. */
  partTarget: number;
  /** Complete segments, the oldest first. */
  segments: readonly Segment[];
  current: Segment | undefined;
  /** Every segment so far began with a key frame. */
  independent: boolean;
  ended: boolean;
  reports: readonly Report[];
}

/** The text of a media playlist (rfc8216bis, 4.4). `skip`: only what is new, as far as that is allowed. */
export function mediaPlaylist(list: MediaList, { skip = false }: { skip?: boolean } = {}): string {
  const { target, partTarget, segments, current } = list;
  const first = segments[0] ?? current;
  const skipped = skip ? skippable(list) : 0;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${versionOf(list)}`,
    `#EXT-X-TARGETDURATION:${target}`,
    ...(list.independent ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
    ...(partTarget > 0 ? control(list) : []),
    `#EXT-X-MEDIA-SEQUENCE:${first?.sequence ?? 1}`,
  ];
  const eras = first ? first.era - (first.discontinuity ? 1 : 0) : 0;
  if (eras > 0) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${eras}`);
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  let init = skipped > 0 ? segments[skipped - 1]!.init : undefined;
  let left = edgeOf(list);
  for (const [index, segment] of [...segments, ...(current ? [current] : [])].entries()) {
    left -= segment.duration;
    if (index < skipped) continue;
    if (!segment.complete && (partTarget === 0 || segment.parts.length === 0)) continue;
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.init !== init && segment.init.bytes) {
      lines.push(`#EXT-X-MAP:URI="${initName(list.rendition, segment.init.number)}"`);
    }
    init = segment.init;
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${segment.date}`);
    // What is left lies behind this segment: where that is less than three targets, its end is within them.
    if (partTarget > 0 && left < LIST_PARTS * target * SECOND) {
      lines.push(...segment.parts.map((part, number) => partLine(list, segment, { part, number })));
    }
    if (!segment.complete) continue;
    if (segment.gap) lines.push('#EXT-X-GAP');
    lines.push(`#EXTINF:${seconds(segment.duration)},`, segmentName(list.rendition, segment.sequence, list.extension));
  }
  if (list.ended) lines.push('#EXT-X-ENDLIST');
  else if (partTarget > 0) lines.push(...outlook(list));
  return `${lines.join('\n')}\n`;
}

/** As high as what stands in it needs (rfc8216bis, 8): delta updates 9, EXT-X-GAP 8, EXT-X-MAP 6. */
function versionOf({ partTarget, segments }: MediaList): number {
  if (partTarget > 0) return 9;
  return segments.some(({ gap }) => gap) ? 8 : 6;
}

function control({ target, partTarget }: MediaList): string[] {
  const partHoldBack = (HOLD_BACK * partTarget) / SECOND;
  return [
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${SKIP_UNTIL * target}.0,` +
      `HOLD-BACK=${HOLD_BACK * target}.0,PART-HOLD-BACK=${Math.ceil(partHoldBack * 1000) / 1000}`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(partTarget)}`,
  ];
}

/** Segments that are further from the end than the skip boundary (rfc8216bis, 6.2.5.1). */
function skippable(list: MediaList): number {
  if (list.partTarget === 0) return 0;
  let left = edgeOf(list);
  let count = 0;
  for (const { duration } of list.segments) {
    left -= duration;
    if (left < SKIP_UNTIL * list.target * SECOND) break;
    count++;
  }
  return count;
}

function edgeOf({ segments, current }: MediaList): number {
  return segments.reduce((sum, { duration }) => sum + duration, current?.duration ?? 0);
}

function partLine(list: MediaList, { sequence }: Segment, { part, number }: { part: Part; number: number }): string {
  const uri = partName(list.rendition, sequence, number);
  const about = part.bytes.length === 0 ? ',GAP=YES' : part.independent ? ',INDEPENDENT=YES' : '';
  return `#EXT-X-PART:DURATION=${seconds(part.duration)},URI="${uri}"${about}`;
}

/** What comes next, and how far the others are. */
function outlook({ rendition, current, segments, reports }: MediaList): string[] {
  const sequence = current?.sequence ?? (segments.at(-1)?.sequence ?? 0) + 1;
  const hint = partName(rendition, sequence, current?.parts.length ?? 0);
  return [
    `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${hint}"`,
    ...reports.map(
      ({ rendition: other, sequence: last, part }) =>
        `#EXT-X-RENDITION-REPORT:URI="${listName(other)}",LAST-MSN=${last}` +
        (part === undefined ? '' : `,LAST-PART=${part}`),
    ),
  ];
}

function seconds(us: number): string {
  return (us / SECOND).toFixed(6).replace(/0{1,3}$/, '');
}
