import { RoomcastError } from '../../errors.ts';
import type { Rendition } from '../../live/rendition.ts';
import { SECOND } from '../../media/time.ts';

/** Segments beyond the last one that may be waited for (rfc8216bis, 6.2.5.2). */
const AHEAD = 2;
/** Seconds of parts beyond the last one that may be waited for: the Advance Part Limit. */
const AHEAD_SECONDS = 3;

/** What a player waits for: that the list has this segment, or this part of it. */
export interface Wanted {
  sequence: number;
  part: number | undefined;
}

/** Delivery directives of a playlist request (rfc8216bis, 6.2.5). */
export interface Directives {
  wanted: Wanted | undefined;
  /** Only what is new is asked for. */
  skip: boolean;
}

/** Throws `bad-request` for directives that are not of their form, or a part without its segment. */
export function directivesOf(query: URLSearchParams): Directives {
  const sequence = numberOf(query, '_HLS_msn');
  const part = numberOf(query, '_HLS_part');
  if (part !== undefined && sequence === undefined) {
    throw new RoomcastError('bad-request', '“_HLS_part” needs “_HLS_msn” beside it.');
  }
  const skip = query.get('_HLS_skip');
  return {
    wanted: sequence === undefined ? undefined : { sequence, part },
    skip: skip === 'YES' || skip === 'v2',
  };
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new RoomcastError('bad-request', `“${name}” is not a whole number.`);
  return Number(text);
}

/** Whether a rendition has what is wanted. A part behind the last of its segment is the first of the next one. */
export function has({ window }: Rendition, { sequence, part }: Wanted): boolean {
  const { listed, current } = window;
  const last = listed.at(-1);
  if (last && sequence <= last.sequence) {
    if (part === undefined || sequence < last.sequence || part < last.parts.length) return true;
    return (current?.parts.length ?? 0) > 0;
  }
  if (part === undefined || current?.sequence !== sequence) return false;
  return part < current.parts.length;
}

/** Throws `bad-request` for what is too far ahead to be waited for. */
export function checkAhead({ window }: Rendition, { sequence, part }: Wanted, partTarget: number): void {
  const { listed, current } = window;
  const last = listed.at(-1)?.sequence ?? (current?.sequence ?? 1) - 1;
  const parts = partTarget > 0 ? Math.max(AHEAD_SECONDS, Math.ceil((AHEAD_SECONDS * SECOND) / partTarget)) : 0;
  const there = current?.sequence === sequence ? current.parts.length - 1 : 0;
  if (sequence > last + AHEAD || (part !== undefined && sequence > last && part > there + parts)) {
    throw new RoomcastError('bad-request', 'This is too far ahead of what there is.');
  }
}
