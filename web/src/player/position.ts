import type { StreamClock } from '../../../src/client/index.ts';
import type { Moment } from './engine.ts';

/** Where the picture is that somebody sees, in seconds of its broadcast. `wall`: the server's time now, ms since 1970. */
export function positionOf(
  moment: Moment | undefined,
  { clock, wall }: { clock: StreamClock | undefined; wall: number },
): number | undefined {
  if (!moment) return undefined;
  if ('media' in moment) return moment.media / 1000;
  if (!clock) return undefined;
  const live = 'wall' in moment ? moment.wall : wall - moment.behind;
  return clock.mediaTime + (live - Date.parse(clock.at)) / 1000;
}
