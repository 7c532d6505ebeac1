import { Denied, RoomcastError } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import { isAtLeast } from '../../live/access.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { App } from '../../plugin.ts';
import { type RoomParts, roomOf } from './room-parts.ts';
import type { RoomChange, RoomRecord } from './room-record.ts';
import { newRoomBody, renameBody, roomBody, roomSchema, roomsSchema } from './room-schemas.ts';

/** Rooms that open by link or invitation are shown to nobody else; those that were put away to their owner. */
export function isShown({ roles, door }: RoomParts, room: RoomRecord, caller: Caller): boolean {
  if (isAtLeast(roles.of(room, caller), 'moderator')) return true;
  if (room.archived !== undefined) return false;
  return (room.watch !== 'link' && room.watch !== 'list') || door.admits(room, caller);
}

/** The rows of the API that are about rooms as such. */
export function roomRoutes({ hub, settings }: App, parts: RoomParts): Route[] {
  const { rooms, control, passwords, info, changed, described } = parts;

  /** What is changed, with the hash of a password in its place. */
  const changeOf = async (body: RoomChange, room?: RoomRecord): Promise<RoomChange> => {
    const { password } = body;
    const watch = body.watch ?? room?.watch;
    if (watch === 'password' && (password === null || (password === undefined && room?.password === undefined)))
      throw new RoomcastError('bad-request', 'A room that opens by a password has one.', {
        detail: { why: 'room-password' },
      });
    return typeof password === 'string' ? { ...body, password: await passwords.hash(password) } : body;
  };

  return [
    {
      method: 'GET',
      url: '/api/v1/rooms',
      access: 'anyone',
      summary: 'The rooms that one may know of, those with the most viewers first.',
      schema: { response: { 200: roomsSchema } },
      handle: (_request, _reply, caller) => ({
        rooms: rooms
          .list()
          .filter((room) => isShown(parts, room, caller))
          .map((room) => info(room, caller))
          .sort((a, b) => b.viewers - a.viewers),
      }),
    },
    {
      method: 'POST',
      url: '/api/v1/rooms',
      access: 'user',
      summary: 'Makes a room. Who may do so is the option “createRooms”.',
      schema: { body: newRoomBody, response: { 200: roomSchema } },
      async handle(request, _reply, caller) {
        const { slug, ...body } = request.body as RoomChange & { slug: string };
        const { admin, id, kind } = caller.identity!;
        if (!admin && settings.createRooms === 'admin')
          throw new Denied('denied', 'Rooms of this server are made by its owner.');
        const owned = rooms.list().filter(({ owner }) => owner === id).length;
        if (!admin && owned >= settings.limits.roomsPerAccount)
          throw new RoomcastError(
            'limit-exceeded',
            `An account has at most ${settings.limits.roomsPerAccount} rooms.`,
            { detail: { why: 'too-many', limit: settings.limits.roomsPerAccount } },
          );
        const owner = kind === 'account' && !admin ? { owner: id } : {};
        return info(await rooms.create({ slug, ...(await changeOf(body)), ...owner }), caller);
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug',
      access: 'anyone',
      summary: 'One room: what is said of it, its state, viewers and tracks, and the role of the one who asks.',
      schema: { response: { 200: roomSchema } },
      handle: (request, _reply, caller) => info(roomOf(parts, request.params), caller),
    },
    {
      method: 'PATCH',
      url: '/api/v1/rooms/:slug',
      access: 'owner',
      summary:
        'Changes what is said of a room and allowed in it; a title only where no configuration file declares it.',
      schema: { body: roomBody, response: { 200: roomSchema } },
      before: (request) => ({ now: roomOf(parts, request.params) }),
      async handle(request, _reply, caller) {
        const room = roomOf(parts, request.params);
        const change = await changeOf(request.body as RoomChange, room);
        const after = await rooms.change(room.slug, change);
        if (change.watch !== undefined || change.password !== undefined) changed(after);
        described(after);
        return info(after, caller);
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/rename',
      access: 'owner',
      summary: 'Gives a room another address, while nothing is live in it.',
      schema: { body: renameBody, response: { 200: roomSchema } },
      before: (request) => ({ now: roomOf(parts, request.params) }),
      async handle(request, _reply, caller) {
        const room = roomOf(parts, request.params);
        if (hub.stream(pathOfSlug(room.slug))?.active)
          throw new RoomcastError('room-live', 'End the broadcast first: its addresses would be gone.');
        const after = await rooms.rename(room.slug, (request.body as { slug: string }).slug);
        changed(room);
        return info(after, caller);
      },
    },
    ...(['archive', 'unarchive'] as const).map((verb): Route => ({
      method: 'POST',
      url: `/api/v1/rooms/:slug/${verb}`,
      access: 'owner',
      summary:
        verb === 'archive'
          ? 'Puts a room away: its broadcast ends, nobody but its owner enters, and it keeps everything.'
          : 'Takes a room back that was put away.',
      schema: { response: { 200: roomSchema } },
      async handle(request, _reply, caller) {
        const room = await rooms.archive(roomOf(parts, request.params).slug, verb === 'archive');
        if (verb === 'archive') control.end(pathOfSlug(room.slug));
        changed(room);
        described(room);
        return info(room, caller);
      },
    })),
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/end',
      access: 'owner',
      summary: 'Ends the broadcast at once.',
      handle(request) {
        control.end(pathOfSlug(roomOf(parts, request.params).slug));
      },
    },
  ];
}
