import { RoomcastError } from '../errors.ts';
import { equalBytes } from '../media/bytes/bytes.ts';
import { sameColorInfo } from '../media/color-info.ts';
import type { Frame, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';

/** A film of less is a picture; it is not read a thousand times a second. */
const SHORTEST_TURN = SECOND;

/** First and last decode time of a track, µs, and its frames. */
interface Span {
  first: number;
  last: number;
  count: number;
}

/**
 * A film over and over. Each turn follows the one before by the length of the film, from the start of its first track to
 * the end of its last, so that no turn runs into the next and sound and picture stay together; tracks that did not change
 * stay the same ones.
 *
 * @throws RoomcastError where nothing can be read any more.
 */
export async function* looped(play: () => AsyncGenerator<Frame, void>): AsyncGenerator<Frame, void> {
  const known = new Map<number, Track>();
  let shift = 0;
  for (;;) {
    const spans = new Map<number, Span>();
    for await (const frame of play()) {
      extend(spans, frame);
      const track = sameOr(known.get(frame.track.id), frame.track);
      known.set(track.id, track);
      yield { ...frame, track, dts: frame.dts + shift, pts: frame.pts + shift };
    }
    if (spans.size === 0 && known.size > 0) throw new RoomcastError('bad-request', 'The film cannot be read any more.');
    if (spans.size === 0) return;
    shift += Math.max(SHORTEST_TURN, lengthOf([...spans.values()]));
  }
}

function extend(spans: Map<number, Span>, { track, dts }: Frame): void {
  const span = spans.get(track.id);
  if (!span) spans.set(track.id, { first: dts, last: dts, count: 1 });
  else {
    span.last = Math.max(span.last, dts);
    span.count++;
  }
}

/** Of all tracks together, µs. */
function lengthOf(spans: readonly Span[]): number {
  return Math.max(...spans.map(endOf)) - Math.min(...spans.map(({ first }) => first));
}

/** The end of the last frame, which is as long as the others on average. µs. */
function endOf({ first, last, count }: Span): number {
  return count < 2 ? last : first + Math.round(((last - first) * count) / (count - 1));
}

function sameOr(known: Track | undefined, track: Track): Track {
  if (!known || known === track || known.codec !== track.codec) return track;
  return equalBytes(known.config, track.config) && sameColorInfo(known.color, track.color) ? known : track;
}
