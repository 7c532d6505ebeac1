import type { ChatMessage } from '../../client/messages.ts';
import type { App, Saying, SocketPeer } from '../../plugin.ts';
import type { Author } from './chat-speakers.ts';
import type { ChatNews } from './chat-news.ts';
import { type ChatRooms, seenBy } from './chat-rooms.ts';
import { ID_PATTERN } from './message-ids.ts';
import { takeAway } from './removals.ts';

/** How many messages one page has unless it is said. */
const PAGE = 50;

const id = { type: 'string', pattern: ID_PATTERN, description: 'the id of a message' };
const text = { type: 'string', minLength: 1, maxLength: 10_000 };
const page = { before: id, limit: { type: 'integer', minimum: 1, maximum: 100 } };
const danmaku = {
  type: 'object',
  required: ['mode', 'color'],
  additionalProperties: false,
  properties: {
    mode: { enum: ['scroll', 'top', 'bottom'] },
    color: { enum: ['white', 'red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'pink'] },
  },
};

/** What is said about a conversation on a room's socket. */
export function addChatCommands({ services }: App, { rooms, news }: { rooms: ChatRooms; news: ChatNews }): void {
  const { sockets } = services;
  const answer = (message: ChatMessage, { role }: SocketPeer): object => ({ message: seenBy(message, role) });

  sockets.topic({
    name: 'chat',
    access: 'anyone',
    unasked: false,
    summary:
      'What is said and changed in the chat. The answer has the last fifty messages, or with “since” all since then, and how things are: rules, emotes, what is pinned, and whether one is to be silent.',
    async prepare(peer, since) {
      await rooms.pins.load(rooms.idOf(peer.slug));
      const arrive = await rooms.of(peer.slug).arrive(authorOf(peer), since);
      return () => {
        const { messages, heard, gap } = arrive();
        rooms.joined(peer, heard);
        return {
          ...news.standing(peer),
          messages: messages.map((message) => seenBy(message, peer.role)),
          ...(gap && { gap }),
        };
      };
    },
  });

  sockets.command({
    type: 'say',
    access: 'anyone',
    scope: 'chat',
    summary: 'Says something. It is durable when the answer comes, and is pushed to everyone, its author too.',
    fields: { text, replyTo: id, danmaku, mediaTime: { type: 'number', minimum: 0, maximum: 1e9 } },
    required: ['text'],
    handle: async (message: Saying, peer) => answer(await rooms.of(peer.slug).say(authorOf(peer), message), peer),
  });
  sockets.command({
    type: 'edit',
    access: 'anyone',
    scope: 'chat',
    summary: 'Changes a message of one’s own, for five minutes.',
    fields: { message: id, text },
    required: ['message', 'text'],
    handle: async (asked: { message: string; text: string }, peer) =>
      answer(await rooms.of(peer.slug).edit(authorOf(peer), asked.message, asked.text), peer),
  });
  sockets.command({
    type: 'delete',
    access: 'anyone',
    scope: 'chat',
    summary: 'Takes a message of one’s own away, or as one who looks after the room any.',
    fields: { message: id },
    required: ['message'],
    handle: async (asked: { message: string }, peer) =>
      answer(await takeAway({ services, rooms }, { slug: peer.slug, author: authorOf(peer), id: asked.message }), peer),
  });
  sockets.command({
    type: 'react',
    access: 'anyone',
    scope: 'chat',
    summary: 'Reacts to a message, or with “on”: false does no more.',
    fields: { message: id, emoji: { type: 'string', minLength: 1, maxLength: 32 }, on: { type: 'boolean' } },
    required: ['message', 'emoji'],
    handle: async ({ message, emoji, on = true }: { message: string; emoji: string; on?: boolean }, peer) =>
      answer(await rooms.of(peer.slug).react(authorOf(peer), message, { emoji, on }), peer),
  });
  sockets.command({
    type: 'history',
    access: 'anyone',
    scope: 'read',
    summary: 'What was said before a message, or last.',
    fields: page,
    async handle({ before, limit = PAGE }: { before?: string; limit?: number }, peer) {
      const messages = await rooms.of(peer.slug).history(authorOf(peer), { before, limit });
      return { messages: messages.map((message) => seenBy(message, peer.role)) };
    },
  });
  sockets.command({
    type: 'search',
    access: 'anyone',
    scope: 'read',
    summary: 'What was said with a piece of text in it, the newest first.',
    fields: { ...page, text: { type: 'string', minLength: 1, maxLength: 100 } },
    required: ['text'],
    async handle(asked: { text: string; before?: string; limit?: number }, peer) {
      const { text: piece, before, limit = PAGE } = asked;
      const messages = await rooms.of(peer.slug).search(authorOf(peer), piece, { before, limit });
      return { messages: messages.map((message) => seenBy(message, peer.role)) };
    },
  });
}

/** Who speaks on a socket. */
export function authorOf({ caller, role }: SocketPeer): Author {
  return { identity: caller.identity, role, remote: caller.remote };
}
