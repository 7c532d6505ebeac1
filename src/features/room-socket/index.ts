import { slugOfPath } from '../../live/path.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { commands } from './commands.ts';
import { RoomSockets } from './room-sockets.ts';

/** `/ws/SLUG`: tells a page of its room without being asked. */
export const roomSocket: Plugin = {
  name: 'room-socket',
  async start(app: App): Promise<Running> {
    const rooms = new RoomSockets(app);
    const { http, hub, log, services, settings } = app;
    http.sockets.push({
      url: '/ws/:slug',
      commands,
      match: (pathname) => (pathname === '/ws' ? settings.defaultRoom : /^\/ws\/([^/]+)$/.exec(pathname)?.[1]),
      upgrade(request, socket, head, slug) {
        rooms.open(request, socket, head, slug).catch((error: unknown) => {
          log.error({ err: error }, 'a room’s socket could not be opened');
          socket.destroy();
        });
      },
    });
    const stop = [
      hub.events.on('stream', ({ path }) => rooms.channel(slugOfPath(path))?.streamChanged()),
      hub.events.on('viewers', ({ path }) => rooms.channel(slugOfPath(path))?.viewersChanged()),
      services.doctor?.onChange((path) => rooms.findingsChanged(path)),
      services.owner.onRevoked(() => rooms.recheck()),
    ];
    return {
      drain: () => rooms.drain(),
      async close() {
        for (const off of stop) off?.();
        rooms.close();
      },
    };
  },
};
