import type { ChatMessage } from '../../client/messages.ts';
import type { App } from '../../plugin.ts';
import type { ChatRooms } from './chat-rooms.ts';
import type { Author } from './chat-speakers.ts';

interface Parts {
  services: App['services'];
  rooms: ChatRooms;
}

/** Takes a message away, as `ChatRoom.delete`; that somebody took another’s is kept in the audit log. */
export async function takeAway(
  { services, rooms }: Parts,
  { slug, author, id }: { slug: string; author: Author; id: string },
): Promise<ChatMessage> {
  const gone = await rooms.of(slug).delete(author, id);
  if (isOfAnother(gone, author))
    services.audit.record({ action: 'delete', caller: author, room: slug, details: { message: id, ...whose([gone]) } });
  return gone;
}

/** Brings messages back, as `ChatRoom.restore`, those that can be; the same is kept of those of others. */
export async function bringBack(
  { services, rooms }: Parts,
  { slug, author, ids }: { slug: string; author: Author; ids: readonly string[] },
): Promise<ChatMessage[]> {
  const back: ChatMessage[] = [];
  for (const id of ids) {
    const message = await rooms.of(slug).restore(author, id);
    if (message) back.push(message);
  }
  const others = back.filter((message) => isOfAnother(message, author));
  if (others.length > 0) {
    const details = { messages: others.length, ...whose(others) };
    services.audit.record({ action: 'restore', caller: author, room: slug, details });
  }
  return back;
}

function isOfAnother({ user }: ChatMessage, { identity }: Author): boolean {
  return user.id !== identity?.id;
}

/** Who said these, where it was one person. */
function whose(messages: readonly ChatMessage[]): object {
  const [{ id, name }, ...more] = messages.map(({ user }) => user) as [ChatMessage['user'], ...ChatMessage['user'][]];
  return more.every((user) => user.id === id) ? { user: id, name } : {};
}
