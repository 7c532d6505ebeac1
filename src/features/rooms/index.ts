import { SECOND } from '../../media/time.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { createRooms } from './0001-rooms.ts';
import { addRoomTitle } from './0003-room-title.ts';
import { roomGate } from './gate.ts';
import { RoomControl } from './room-control.ts';
import { RoomDirectory } from './room-directory.ts';
import { roomInfo, streamInfo } from './room-info.ts';
import { roomRoutes } from './room-routes.ts';

export { RoomDirectory } from './room-directory.ts';

/** Rooms, their keys, and the question at the gate. */
export const rooms: Plugin = {
  name: 'rooms',
  migrations: [createRooms, addRoomTitle],
  async start(app: App): Promise<Running> {
    const { hub, http, scheduler, services, settings, store, log } = app;
    const directory = await RoomDirectory.open({ store, settings, now: scheduler.wall() });
    if (directory.unreadable > 0) {
      const words =
        'the data folder’s “secret” was lost or replaced: these stream keys still work, but cannot be shown';
      log.warn({ keys: directory.unreadable }, words);
    }
    const control = new RoomControl({ rooms: directory, hub, scheduler, restTime: settings.kickTime * SECOND });
    hub.authorize(
      roomGate({
        rooms: directory,
        hub,
        control,
        publish: settings.publish,
        identify: (credentials) => http.identify(credentials),
      }),
    );
    hub.nameable((path) => directory.ofPath(path) !== undefined);
    for (const route of roomRoutes(app, directory, control)) http.route(route);
    services.rooms = {
      has: (slug) => directory.find(slug) !== undefined,
      room: (slug, identity) => {
        const room = directory.find(slug);
        return room && roomInfo(room, hub, identity);
      },
      stream: (slug) => {
        const room = directory.find(slug);
        return room && streamInfo(room, hub);
      },
    };
    const writes = new Set<Promise<void>>();
    const stop = hub.events.on('stream', (stream) => {
      const write = control
        .remember(stream)
        ?.catch((error: unknown) => log.error({ err: error }, 'the end of a broadcast was not stored'));
      if (write) writes.add(write.finally(() => writes.delete(write)));
    });
    return {
      async close() {
        stop();
        await Promise.all(writes);
      },
    };
  },
};
