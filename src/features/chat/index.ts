import { slugOfPath } from '../../live/path.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { createChat } from './0006-chat.ts';
import { addChatCommands } from './chat-commands.ts';
import { ChatRooms } from './chat-rooms.ts';
import { chatService } from './chat-service.ts';
import { addModeration } from './moderation-commands.ts';

/** What is said in rooms: durable, in one order, and kept pleasant. */
export const chat: Plugin = {
  name: 'chat',
  migrations: [createChat],
  async start(app: App): Promise<Running> {
    const { hub, log, services } = app;
    const rooms = await ChatRooms.open(app);
    services.chat = chatService(app, rooms);
    addChatCommands(app, rooms);
    addModeration(app, rooms);
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
        await rooms.log.close();
      },
    };
  },
};
