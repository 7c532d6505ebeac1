import { Denied, RoomcastError } from '../../errors.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import { authorOf } from './chat-commands.ts';
import { type ChatRooms, seenBy } from './chat-rooms.ts';
import { type ChatSettings, settingsFields } from './chat-settings.ts';
import { ID_PATTERN } from './message-ids.ts';

/** ms */
const SECOND_MS = 1000;
/** Longest silence: two weeks. Whoever is to be silent for longer is banned. */
const LONGEST = 14 * 86_400;
/** Messages that are taken away with their author. */
const MAX_PURGED = 200;

const message = { type: 'string', pattern: ID_PATTERN };
const who = { type: 'string', minLength: 1, maxLength: 64 };
const reason = { type: 'string', minLength: 1, maxLength: 200 };

/** What those say who look after a room. */
export function addModeration({ scheduler, services }: App, rooms: ChatRooms): void {
  const { sockets } = services;
  /** Nobody silences those who look after the room. */
  const checkTarget = (peer: SocketPeer, target: string): void => {
    if (services.rooms.isTrusted(peer.slug, target))
      throw new Denied('denied', 'They look after this room themselves.');
  };

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
    async handle(asked: { user: string; name?: string; seconds: number; reason?: string }, peer) {
      const { user, seconds, name = user } = asked;
      const room = rooms.idOf(peer.slug);
      if (seconds === 0) {
        if (!(await rooms.timeouts.lift(room, user))) throw new RoomcastError('not-found', 'They may speak already.');
        return {};
      }
      checkTarget(peer, user);
      const until = isoTime(scheduler.wall() + seconds * SECOND_MS);
      const said = asked.reason === undefined ? {} : { reason: asked.reason };
      await rooms.timeouts.set(room, { who: user, name, by: peer.caller.identity!.id, until, ...said });
      return { until };
    },
  });
  sockets.command({
    type: 'purge',
    access: 'moderator',
    scope: 'manage',
    summary: 'Takes away what somebody said last in the room.',
    fields: { user: who },
    required: ['user'],
    async handle({ user }: { user: string }, peer) {
      checkTarget(peer, user);
      const room = rooms.of(peer.slug);
      const ids = await rooms.log.idsOf(rooms.idOf(peer.slug), user, MAX_PURGED);
      for (const id of ids) await room.delete(authorOf(peer), id);
      return { deleted: ids.length };
    },
  });
  sockets.command({
    type: 'chat-settings',
    access: 'moderator',
    scope: 'manage',
    summary: 'Changes the rules of the chat; without any it tells them.',
    fields: settingsFields,
    async handle(asked: Partial<ChatSettings> & { id?: unknown; type?: unknown }, peer) {
      const { id: _id, type: _type, ...change } = asked;
      const settings =
        Object.keys(change).length > 0 ? await rooms.change(peer.slug, change) : rooms.of(peer.slug).settings;
      return { settings };
    },
  });
}
