import type { ChatMessage } from '../../../src/client/index.ts';
import type { ChatStore } from './chat.svelte.ts';

/** Whether the one who reads may write, too. */
export function canWrite(chat: ChatStore): boolean {
  return chat.access === 'open';
}

/** Takes it away: one's own, or as one who looks after the room any. */
export function canDelete(chat: ChatStore, { user, kind, deleted }: ChatMessage): boolean {
  return kind !== 'system' && !deleted && (chat.moderates || user.id === chat.myId);
}

/** Has it stand above the chat: what everybody can read. */
export function canPin(chat: ChatStore, { kind, deleted, held }: ChatMessage): boolean {
  return chat.moderates && kind !== 'system' && !deleted && !held;
}

/** Has its author be silent: nobody does that to those who look after the room. */
export function canBeSilenced(chat: ChatStore, { user, kind }: ChatMessage): boolean {
  return (
    chat.moderates && kind !== 'system' && user.id !== chat.myId && user.role !== 'owner' && user.role !== 'moderator'
  );
}
