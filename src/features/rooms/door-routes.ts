import { Busy, Denied, RoomcastError } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import { networkOf } from '../../io/request.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { App } from '../../plugin.ts';
import { type RoomParts, roomOf } from './room-parts.ts';
import { viewerOf } from './room-passes.ts';
import type { RoomRecord } from './room-record.ts';
import { enterBody, passBody, passSchema } from './room-schemas.ts';

/** ms */
const MINUTE = 60_000;

/** Throws unless somebody knows the password, or has a pass. */
export async function proveToRoom(
  { door, passwords, tries }: RoomParts,
  room: RoomRecord,
  caller: Caller,
  { password, pass }: { password?: string; pass?: string },
): Promise<void> {
  if (password === undefined || room.watch !== 'password') {
    if (pass === undefined) throw new Denied();
    door.enter(room, { ...caller, credentials: { ...caller.credentials, pass } });
    return;
  }
  if (pass !== undefined && door.admits(room, { ...caller, credentials: { ...caller.credentials, pass } })) return;
  const wait = tries.take(`${room.id} ${networkOf(caller.remote.address)}`);
  if (wait > 0) throw new Busy('Too many passwords were tried.', wait, 'too-many-requests');
  if (!(await passwords.matches(password, room.password)))
    throw new RoomcastError('wrong-password', 'That is not the password of this room.');
}

/** The rows of the API with which one enters a room, or lets somebody in. */
export function doorRoutes({ http, services, scheduler }: App, parts: RoomParts): Route[] {
  const { rooms, door, entries, passes } = parts;

  return [
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/enter',
      access: 'anyone',
      summary: 'Lets somebody in by the room’s password or by the pass of a link; the browser keeps its entry.',
      schema: { body: enterBody },
      async handle(request, reply, caller) {
        const room = roomOf(parts, request.params);
        const proof = request.body as { password?: string; pass?: string };
        const pass = proof.pass === undefined ? undefined : passes.read(room, proof.pass);
        let who = caller.identity?.id;
        const isOpen = pass?.state === 'open';
        if (door.admits(room, caller)) {
          const ends = who === undefined ? undefined : entries.endOf(room, who);
          const isLonger = isOpen && ends !== undefined && (pass.ends ?? Infinity) > ends;
          if (!isLonger) return;
        }
        door.check(room, caller);
        await proveToRoom(parts, room, caller, proof);
        if (who === undefined) {
          // They are a guest from here on, so that the room knows them again.
          const { guest, cookie } = services.accounts.newGuest({ secure: http.isSecure(request.raw) });
          void reply.header('Set-Cookie', cookie);
          who = guest.id;
        }
        await entries.add(room, who, { viewer: pass && viewerOf(pass)?.id, ends: isOpen ? pass.ends : undefined });
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/passes',
      access: 'owner',
      summary: 'A signed link that opens the room to whoever has it, for some minutes or until all passes are ended.',
      schema: { body: passBody, response: { 200: passSchema } },
      handle(request) {
        const room = roomOf(parts, request.params);
        const { viewer, minutes } = (request.body ?? {}) as { viewer?: string; minutes?: number };
        const ends = minutes === undefined ? undefined : scheduler.wall() + minutes * MINUTE;
        const pass = passes.create(room, { viewer, ends });
        return {
          pass,
          url: `${services.accounts.base}/${room.slug}#pass=${pass}`,
          ...(ends === undefined ? {} : { until: isoTime(ends) }),
        };
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/passes',
      access: 'owner',
      summary: 'Makes all passes of the room worthless, and has those who gave its password give it again.',
      async handle(request) {
        const room = await rooms.shut(roomOf(parts, request.params).slug);
        parts.changed(room);
      },
    },
  ];
}
