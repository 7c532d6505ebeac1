import { randomBytes } from 'node:crypto';
import { isoTime } from '../../live/wall-time.ts';

/** What another server is told: the same bytes each time, whatever becomes of them. */
export interface EventBody {
  readonly id: string;
  readonly type: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** JSON, as it is signed. */
  readonly body: string;
}

/** `room`: its slug. `now`: wall time in ms. */
export function eventBody(event: { type: string; room?: string | undefined; data: object; now: number }): EventBody {
  const { type, room, data, now } = event;
  const id = `e_${randomBytes(12).toString('base64url')}`;
  const at = isoTime(now);
  return { id, type, at, body: JSON.stringify({ id, type, at, ...(room === undefined ? {} : { room }), data }) };
}
