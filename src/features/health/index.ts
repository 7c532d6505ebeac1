import { sql } from 'kysely';
import { Busy, RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { SECOND } from '../../media/time.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { healthRoutes } from './health-routes.ts';

/** An answer of the database is good for so long: everybody may ask, as often as they like. */
const GOOD_FOR = SECOND;

/** `/healthz` and `/readyz`, for what starts, watches and stops servers. */
export const health: Plugin = {
  name: 'health',
  async start(app: App): Promise<Running> {
    const { hub, http, scheduler, seats, settings, store, log } = app;
    let draining = false;
    let failing = false;
    const query = remembered(scheduler, () => sql`SELECT 1`.execute(store.db));
    const ready = async (): Promise<void> => {
      if (draining) throw new Busy(undefined, undefined, 'shutting-down');
      if (hub.sessions.size >= settings.limits.sessions)
        throw new Busy('The server is full: limits.sessions is reached.');
      if (seats.full) throw new Busy('The server is full: the process may not open more files.');
      try {
        await query();
        failing = false;
      } catch (error) {
        if (!failing) log.error({ err: error }, 'the database does not answer');
        failing = true;
        throw new RoomcastError('store-failed', 'The database does not answer; the log says why.');
      }
    };
    for (const route of healthRoutes(ready)) http.route(route);
    return {
      drain() {
        draining = true;
      },
      async close() {},
    };
  },
};

/** The same answer, or the same failure, for all who ask within a while. */
function remembered<T>(scheduler: Scheduler, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let until = -Infinity;
  return () => {
    const now = scheduler.now();
    if (answer && now < until) return answer;
    until = now + GOOD_FOR;
    return (answer = ask());
  };
}
