import { Denied, RoomcastError } from '../../errors.ts';
import type { Before, Caller } from '../../io/http.ts';
import { isAtLeast, type RoomRole } from '../../live/access.ts';
import type { App, RoomsService, Speaker } from '../../plugin.ts';
import { proveToRoom } from './door-routes.ts';
import { checkBan, checkLift } from './ban-rules.ts';
import { whom } from './people-routes.ts';
import { type RoomParts, roomOf } from './room-parts.ts';
import type { RoomRecord } from './room-record.ts';
import { isShown } from './room-routes.ts';

/** Characters of a title, as the API takes it. */
const MAX_TITLE = 120;

/** What other protocols do with rooms, with the rights of who asks; it is kept in the audit log as calls of the API are. */
export function roomActs(
  app: App,
  parts: RoomParts,
): Pick<RoomsService, 'shown' | 'unlock' | 'retitle' | 'bans' | 'ban' | 'unban'> {
  const { rooms, roles, door, bans, entries, info, changed, described } = parts;

  /** The room, for who is at least this in it. */
  const roomFor = (slug: string, by: Speaker, least: RoomRole): RoomRecord => {
    const room = roomOf(parts, { slug });
    if (!isAtLeast(roles.of(room, by), least))
      throw new Denied(
        'denied',
        least === 'owner' ? 'This is for the owner of the room.' : 'This is for those who look after the room.',
      );
    return room;
  };
  const record = (action: string, caller: Speaker, slug: string, details: object, before: Before = {}): void =>
    app.services.audit.record({ action, caller, room: slug, details, before });

  return {
    shown: (caller: Caller) =>
      rooms
        .list()
        .filter((room) => isShown(parts, room, caller))
        .map((room) => info(room, caller))
        .sort((a, b) => b.viewers - a.viewers),
    async unlock(slug, caller, password) {
      const room = roomOf(parts, { slug });
      if (door.admits(room, caller)) return;
      door.check(room, caller);
      await proveToRoom(parts, room, caller, { password });
      if (caller.identity) await entries.add(room, caller.identity.id);
    },
    async retitle(slug, by, title) {
      const room = roomFor(slug, by, 'owner');
      if (title.length > MAX_TITLE || title.trim() === '' || /\p{Cc}/u.test(title))
        throw new RoomcastError('bad-request', `A title has 1 to ${MAX_TITLE} characters.`);
      described(await rooms.change(room.slug, { title }));
      record('retitle', by, slug, { title }, { now: room });
    },
    bans: (slug, by) => bans.list(roomFor(slug, by, 'moderator').id),
    async ban(slug, by, ban) {
      const room = roomFor(slug, by, 'moderator');
      checkBan(app, parts, { room, by, who: ban.who });
      await bans.add(room.id, { ...ban, by: by.identity!.id });
      record('ban', by, slug, ban);
      changed(room);
    },
    async unban(slug, by, id) {
      const room = roomFor(slug, by, 'moderator');
      checkLift(parts, room, by, id);
      const lifted = await bans.lift(room.id, id);
      if (!lifted) throw new RoomcastError('not-found', 'There is no such ban.');
      record('unban', by, slug, { id }, { about: whom(app, lifted) });
      changed(room);
    },
  };
}
