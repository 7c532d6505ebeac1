import type { Beacon, PlayerError, PlayerPath } from '../../client/messages.ts';
import { MILLISECOND } from '../../media/time.ts';

/** Ways to play, and reasons to lose a stream, that a player may tell. */
export const PLAYER_PATHS: readonly PlayerPath[] = ['ws-flv', 'http-flv', 'ws-mp4', 'hls', 'native-hls', 'http-mp4'];
export const PLAYER_ERRORS: readonly PlayerError[] = ['network', 'media', 'decode', 'refused', 'stuck'];

/** Errors that one beacon tells; a player that loses its stream more often is one that lost it often. */
const MAX_ERRORS = 8;
/** Who waits longer for a first picture has gone. ms */
const MAX_START = 600_000;
/** Longer ago than any player's buffer reaches. Seconds */
const MAX_LATENCY = 3600;
/** Fastest pictures that anybody shows, and shortest pauses that anybody sees. */
const MAX_FRAME_RATE = 250;
const LEAST_STALL = 50;
/** The first beacon of a player tells of this much at most. ms */
export const FIRST_SPAN = 15_000;
/** Widest and highest picture that there is: that of 16K. */
const MAX_SIDE = 16_384;

const count = { type: 'integer', minimum: 0, maximum: 1e9 };
const side = { type: 'integer', minimum: 0, maximum: MAX_SIDE };

/** JSON schemas of its fields. */
export const beaconFields: Readonly<Record<string, object>> = {
  path: { enum: PLAYER_PATHS },
  state: { enum: ['playing', 'paused', 'off'] },
  played: count,
  stalls: count,
  stalled: count,
  frames: count,
  dropped: count,
  start: { type: 'number', minimum: 0, maximum: 1e9 },
  latency: { type: 'number', minimum: 0, maximum: 1e9 },
  width: side,
  height: side,
  errors: { type: 'array', maxItems: MAX_ERRORS, items: { enum: PLAYER_ERRORS } },
};

/**
 * What of a beacon can be true: nobody played for longer than it is since the word before (`span`, µs), and no picture was
 * shown in no time.
 */
export function believable(beacon: Beacon, span: number): Beacon {
  const ms = span / MILLISECOND;
  const played = Math.min(beacon.played, ms);
  const stalled = Math.min(beacon.stalled, ms - played);
  const frames = Math.min(beacon.frames, Math.ceil((ms * MAX_FRAME_RATE) / 1000));
  const { start, latency } = beacon;
  return {
    ...beacon,
    played,
    stalled,
    frames,
    stalls: Math.min(beacon.stalls, Math.ceil(ms / LEAST_STALL)),
    dropped: Math.min(beacon.dropped, frames),
    ...(start !== undefined && { start: Math.min(start, MAX_START) }),
    ...(latency !== undefined && { latency: Math.min(latency, MAX_LATENCY) }),
  };
}
