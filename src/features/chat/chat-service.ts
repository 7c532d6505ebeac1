import { NotFound } from '../../errors.ts';
import type { App, ChatService, Speaker } from '../../plugin.ts';
import type { Author } from './chat-room.ts';
import type { ChatRooms } from './chat-rooms.ts';

/** What other protocols and features do in conversations. */
export function chatService({ services }: App, rooms: ChatRooms): ChatService {
  const authorAt = (slug: string, { identity, remote }: Speaker): Author => {
    const role = services.rooms.roleOf(slug, { identity, remote });
    if (role === undefined) throw new NotFound('There is no such room.');
    return { identity, role, remote };
  };
  return {
    say: async (slug, speaker, saying) => rooms.of(slug).say(authorAt(slug, speaker), saying),
    delete: async (slug, speaker, id) => rooms.of(slug).delete(authorAt(slug, speaker), id),
    history: async (slug, speaker, limit) => rooms.of(slug).history(authorAt(slug, speaker), { limit }),
    onMessage(listener) {
      rooms.listeners.add(listener);
      return () => rooms.listeners.delete(listener);
    },
    ask: (question) => void rooms.questions.push(question),
    command: (answer) => void rooms.commands.push(answer),
  };
}
