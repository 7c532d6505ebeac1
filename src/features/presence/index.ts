import { SECOND } from '../../media/time.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { createBroadcasts } from './0010-broadcasts.ts';
import { addPresence } from './presence-commands.ts';
import { presenceRoutes } from './presence-routes.ts';
import { PresenceRooms } from './presence-rooms.ts';
import { sessionRoutes } from './session-routes.ts';

/** How often is looked who is gone. */
const LOOK_EVERY = SECOND;

/** Who watches, for how long, and how well: the numbers of a room, and the record of its broadcasts. */
export const presence: Plugin = {
  name: 'presence',
  migrations: [createBroadcasts],
  async start(app: App): Promise<Running> {
    const { hub, http, scheduler, services } = app;
    const rooms = await PresenceRooms.open(app);
    services.presence = {
      viewers: (slug) => rooms.find(slug)?.viewers ?? 0,
      players: rooms.players,
    };
    addPresence(app, rooms);
    for (const route of [...presenceRoutes(app, rooms), ...sessionRoutes(app)]) http.route(route);
    const stop = [
      hub.events.on('session-start', (session) => rooms.enter(session)),
      hub.events.on('session-end', ({ session }) => rooms.leave(session)),
      hub.events.on('stream', (stream) => rooms.streamChanged(stream)),
      services.chat.onMessage((slug, { id, rev, kind, held }) => {
        if (id === rev && kind !== 'system' && !held) rooms.find(slug)?.hear();
      }),
      scheduler.every(LOOK_EVERY, () => rooms.look()),
    ];
    return {
      async close() {
        for (const off of stop) off();
        await rooms.close();
      },
    };
  },
};
