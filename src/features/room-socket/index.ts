import { slugOfPath } from '../../live/path.ts';
import type { App, Plugin, Running, SocketsService } from '../../plugin.ts';
import { addBasics } from './basics.ts';
import type { Command } from './command-table.ts';
import { RoomSockets } from './room-sockets.ts';

/** `/ws/SLUG`: tells a page of its room, and takes what it says. */
export const roomSocket: Plugin = {
  name: 'room-socket',
  async start(app: App): Promise<Running> {
    const rooms = new RoomSockets(app);
    const { http, hub, log, services, settings } = app;
    const report = (what: string) => (error: unknown) => log.error({ err: error }, what);
    http.sockets.push({
      url: '/ws/:slug',
      commands: rooms.commands.rows,
      topics: rooms.topics.rows,
      match: (pathname) => (pathname === '/ws' ? settings.defaultRoom : /^\/ws\/([^/]+)$/.exec(pathname)?.[1]),
      upgrade(request, socket, head, slug) {
        rooms.open(request, socket, head, slug).catch((error: unknown) => {
          report('a room’s socket could not be opened')(error);
          socket.destroy();
        });
      },
    });
    services.sockets = serviceOf(rooms);
    addBasics(app, rooms);
    const recheck = (slug?: string): void =>
      void rooms.recheck(slug).catch(report('it could not be found out who may stay in a room'));
    const stop = [
      hub.events.on('stream', ({ path }) => rooms.channel(slugOfPath(path))?.streamChanged()),
      services.doctor?.onChange((path) => rooms.findingsChanged(path)),
      services.accounts.onChange(() => recheck()),
      services.rooms.onChange((slug) => recheck(slug)),
      services.rooms.onDescribed((slug) => rooms.channel(slug)?.roomChanged()),
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

function serviceOf(rooms: RoomSockets): SocketsService {
  return {
    command: (command) => rooms.commands.add(command as unknown as Command),
    topic: (topic) => rooms.topics.add(topic),
    push: (slug, topic, message, to) => rooms.channel(slug)?.push(topic, message, to),
    deliver(slug, topic, parcelFor, done) {
      const channel = rooms.channel(slug);
      if (channel) channel.deliver(topic, parcelFor, done);
      else done();
    },
    of: (user) => rooms.of(user),
    slugs: () => rooms.slugs(),
    peers: (slug) => rooms.channel(slug)?.members ?? [],
    count: (slug) => rooms.channel(slug)?.members.size ?? 0,
  };
}
