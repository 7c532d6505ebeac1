import { slugOfPath } from '../../live/path.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { createChat } from './0006-chat.ts';
import { addPinsAndNotes } from './0009-pins-and-notes.ts';
import { addChatCommands } from './chat-commands.ts';
import { ChatNews } from './chat-news.ts';
import { ChatNotes } from './chat-notes.ts';
import { ChatRooms } from './chat-rooms.ts';
import { chatService } from './chat-service.ts';
import { addModeration } from './moderation-commands.ts';
import { peopleRoutes } from './people-routes.ts';

/** What is said in rooms: durable, in one order, and kept pleasant. */
export const chat: Plugin = {
  name: 'chat',
  migrations: [createChat, addPinsAndNotes],
  async start(app: App): Promise<Running> {
    const { http, hub, log, services } = app;
    const rooms = await ChatRooms.open(app);
    const news = new ChatNews(app, rooms);
    services.chat = chatService(app, { rooms, news });
    addChatCommands(app, { rooms, news });
    addModeration(app, { rooms, news });
    const notes = new ChatNotes(app.store, app.scheduler);
    for (const route of peopleRoutes(app, { rooms, notes })) http.route(route);
    rooms.listeners.add((slug, message) => {
      const room = services.rooms.idOf(slug);
      if (room === undefined || !rooms.pins.changed(room, message)) return;
      rooms.pins.unpin(room).catch((error: unknown) => log.error({ err: error }, 'a message could not be unpinned'));
      news.pinChanged(slug);
    });
    const stopRooms = services.rooms.onDescribed((slug) => news.settingsChanged(slug));
    const announce = (path: string, event: 'stream-started' | 'stream-ended'): void => {
      const slug = slugOfPath(path);
      if (slug === undefined || !services.rooms.has(slug)) return;
      rooms
        .of(slug)
        .announce(event)
        .catch((error: unknown) => log.error({ err: error }, 'the chat could not be told of the stream'));
    };
    /** Broadcasts that the chat was told of. */
    const told = new Map<string, string>();
    const stop = hub.events.on('stream', ({ path, state, broadcast }) => {
      const known = told.get(path);
      if (state === 'live' && broadcast && broadcast.id !== known) {
        told.set(path, broadcast.id);
        announce(path, 'stream-started');
      } else if (state === 'ended' && known !== undefined) {
        told.delete(path);
        announce(path, 'stream-ended');
      }
    });
    return {
      async close() {
        stop();
        stopRooms();
        await rooms.log.close();
      },
    };
  },
};
