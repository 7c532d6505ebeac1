import { Denied, NotFound } from '../../errors.ts';
import { isAtLeast } from '../../live/access.ts';
import type { App, ChatService, Speaker } from '../../plugin.ts';
import type { Author } from './chat-speakers.ts';
import type { ChatNews } from './chat-news.ts';
import type { ChatRooms } from './chat-rooms.ts';
import { silence } from './moderation-commands.ts';
import { takeAway } from './removals.ts';

/** What other protocols and features do in conversations. */
export function chatService(app: App, parts: { rooms: ChatRooms; news: ChatNews }): ChatService {
  const { services } = app;
  const { rooms } = parts;
  const authorAt = (slug: string, { identity, remote }: Speaker): Author => {
    const role = services.rooms.roleOf(slug, { identity, remote });
    if (role === undefined) throw new NotFound('There is no such room.');
    return { identity, role, remote };
  };
  return {
    say: async (slug, speaker, saying) => rooms.of(slug).say(authorAt(slug, speaker), saying),
    delete: async (slug, speaker, id) => takeAway({ services, rooms }, { slug, author: authorAt(slug, speaker), id }),
    history: async (slug, speaker, limit) => rooms.of(slug).history(authorAt(slug, speaker), { limit }),
    async silence(slug, by, order) {
      if (!isAtLeast(authorAt(slug, by).role, 'moderator'))
        throw new Denied('denied', 'This is for those who look after the room.');
      const done = await silence(app, parts, { slug, by: by.identity!.id, ...order });
      services.audit.record({ action: 'timeout', caller: by, room: slug, details: order });
      return done;
    },
    onMessage(listener) {
      rooms.listeners.add(listener);
      return () => rooms.listeners.delete(listener);
    },
    ask: (question) => void rooms.questions.push(question),
    command: (answer) => void rooms.commands.push(answer),
  };
}
