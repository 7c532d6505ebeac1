import { sql } from 'kysely';
import { Busy, RoomcastError } from '../../errors.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { healthRoutes } from './health-routes.ts';

/** `/healthz` and `/readyz`, for what starts, watches and stops servers. */
export const health: Plugin = {
  name: 'health',
  async start(app: App): Promise<Running> {
    const { hub, http, seats, settings, store, log } = app;
    let draining = false;
    let failing = false;
    const ready = async (): Promise<void> => {
      if (draining) throw new Busy(undefined, undefined, 'shutting-down');
      if (hub.sessions.size >= settings.limits.sessions)
        throw new Busy('The server is full: limits.sessions is reached.');
      if (seats.full) throw new Busy('The server is full: the process may not open more files.');
      try {
        await sql`SELECT 1`.execute(store.db);
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
