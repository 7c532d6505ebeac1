import { Denied, RoomcastError } from '../../errors.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Before } from '../../io/http.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import { authorOf } from './chat-commands.ts';
import { MAX_PAGE } from './chat-log.ts';
import type { ChatNews } from './chat-news.ts';
import { type ChatRooms, seenBy } from './chat-rooms.ts';
import { type ChatSettings, settingsFields } from './chat-settings.ts';
import { ID_PATTERN } from './message-ids.ts';
import { bringBack } from './removals.ts';

/** ms */
const SECOND_MS = 1000;
/** Longest silence: two weeks. Whoever is to be silent for longer is banned. */
const LONGEST = 14 * 86_400;
/** Messages that are taken away with their author. */
const MAX_PURGED = 200;

const message = { type: 'string', pattern: ID_PATTERN, description: 'the id of a message' };
const who = { type: 'string', minLength: 1, maxLength: 64 };
const reason = { type: 'string', minLength: 1, maxLength: 200 };

/** Who is to be silent in a room, for how many seconds, and who wants it so. */
interface Silence {
  slug: string;
  by: string;
  user: string;
  name?: string;
  seconds: number;
  reason?: string;
}

/** Nobody silences those who look after the room. */
function checkTarget({ services }: App, slug: string, target: string): void {
  if (services.rooms.isTrusted(slug, target)) throw new Denied('denied', 'They look after this room themselves.');
}

/** Has somebody be silent. Throws `denied` for those who look after the room themselves. */
export async function silence(
  app: App,
  { rooms, news }: { rooms: ChatRooms; news: ChatNews },
  order: Silence,
): Promise<{ until: string }> {
  const { slug, user: who, seconds, reason, by, name = who } = order;
  checkTarget(app, slug, who);
  const until = isoTime(app.scheduler.wall() + seconds * SECOND_MS);
  const said = reason === undefined ? {} : { reason };
  await rooms.timeouts.set(rooms.idOf(slug), { who, name, by, until, ...said });
  news.silenceChanged(slug, who);
  return { until };
}

/** What those say who look after a room. */
export function addModeration(app: App, parts: { rooms: ChatRooms; news: ChatNews }): void {
  const { services } = app;
  const { rooms, news } = parts;
  const { sockets } = services;
  const about = async ({ user }: { user: string }, { slug }: SocketPeer): Promise<Before> => ({
    about: { name: await rooms.nameOf(slug, user) },
  });

  sockets.command({
    type: 'release',
    access: 'moderator',
    scope: 'manage',
    summary: 'Lets a message through that is held back, or brings one back that was deleted.',
    fields: { message },
    required: ['message'],
    handle: async (asked: { message: string }, peer) => ({
      message: seenBy(await rooms.of(peer.slug).release(asked.message), peer.role),
    }),
  });
  sockets.command({
    type: 'timeout',
    access: 'moderator',
    scope: 'manage',
    summary: 'Has somebody be silent for so many seconds; with 0 they may speak again.',
    fields: {
      user: who,
      name: { type: 'string', maxLength: 128 },
      seconds: { type: 'integer', minimum: 0, maximum: LONGEST },
      reason,
    },
    required: ['user', 'seconds'],
    before: about,
    async handle(asked: { user: string; name?: string; seconds: number; reason?: string }, peer) {
      if (asked.seconds === 0) {
        if (!(await rooms.timeouts.lift(rooms.idOf(peer.slug), asked.user)))
          throw new RoomcastError('not-found', 'They may speak already.');
        news.silenceChanged(peer.slug, asked.user);
        return {};
      }
      return silence(app, parts, { ...asked, slug: peer.slug, by: peer.caller.identity!.id });
    },
  });
  sockets.command({
    type: 'purge',
    access: 'moderator',
    scope: 'manage',
    summary:
      'Takes away what somebody said last in the room. “messages” of the answer has the ids of what others saw, for “restore”.',
    fields: { user: who },
    required: ['user'],
    before: about,
    async handle({ user }: { user: string }, peer) {
      checkTarget(app, peer.slug, user);
      const room = rooms.of(peer.slug);
      const ids = await rooms.log.idsOf(rooms.idOf(peer.slug), user, MAX_PURGED);
      for (const { id } of ids) await room.delete(authorOf(peer), id);
      // What waited to be let through does not come back as something that was.
      return { deleted: ids.length, messages: ids.filter(({ held }) => !held).map(({ id }) => id) };
    },
  });
  sockets.command({
    type: 'restore',
    access: 'anyone',
    scope: 'chat',
    summary:
      'Brings messages back: an author what they took away just now, who looks after the room what others than their authors took away; “restored” says how many.',
    fields: { messages: { type: 'array', items: message, minItems: 1, maxItems: MAX_PURGED } },
    required: ['messages'],
    async handle({ messages }: { messages: string[] }, peer) {
      const back = await bringBack({ services, rooms }, { slug: peer.slug, author: authorOf(peer), ids: messages });
      return { restored: back.length };
    },
  });
  sockets.command({
    type: 'held',
    access: 'moderator',
    scope: 'manage',
    summary: 'What waits until it is let through, the oldest first; “after” is the id of the last that is known.',
    fields: { after: message, limit: { type: 'integer', minimum: 1, maximum: MAX_PAGE } },
    handle: async ({ after, limit = MAX_PAGE }: { after?: string; limit?: number }, peer) => ({
      messages: await rooms.log.held(rooms.idOf(peer.slug), { after, limit }),
    }),
  });
  sockets.command({
    type: 'pin',
    access: 'moderator',
    scope: 'manage',
    summary: 'Puts a message above the chat, in place of another. It goes when it is deleted.',
    fields: { message },
    required: ['message'],
    async handle(asked: { message: string }, peer) {
      const pinned = await rooms.of(peer.slug).find(asked.message);
      await rooms.pins.pin(rooms.idOf(peer.slug), pinned, peer.caller.identity!.id);
      news.pinChanged(peer.slug);
      return { pinned };
    },
  });
  sockets.command({
    type: 'unpin',
    access: 'moderator',
    scope: 'manage',
    summary: 'Takes away what stands above the chat.',
    async handle(_asked: object, peer) {
      if (!(await rooms.pins.unpin(rooms.idOf(peer.slug)))) throw new RoomcastError('not-found', 'Nothing is pinned.');
      news.pinChanged(peer.slug);
      return {};
    },
  });
  sockets.command({
    type: 'chat-settings',
    access: 'moderator',
    scope: 'manage',
    summary: 'Changes the rules of the chat; without any it tells them.',
    fields: settingsFields,
    before: (_asked: object, { slug }) => ({ now: rooms.of(slug).settings }),
    async handle(asked: Partial<ChatSettings> & { id?: unknown; type?: unknown }, peer) {
      const { id: _id, type: _type, ...change } = asked;
      if (Object.keys(change).length === 0) return { settings: rooms.of(peer.slug).settings };
      const settings = await rooms.change(peer.slug, change);
      news.settingsChanged(peer.slug);
      return { settings };
    },
  });
}
