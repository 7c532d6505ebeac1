import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { AccountRecord, App } from '../../plugin.ts';
import { checkBan, checkLift } from './ban-rules.ts';
import type { BanRecord, NewBan } from './room-bans.ts';
import type { MemberRecord } from './room-members.ts';
import { type RoomParts, roomOf } from './room-parts.ts';
import { nameOfViewer } from './room-passes.ts';
import { banBody, bansSchema, banSchema, memberBody, membersSchema } from './room-schemas.ts';
import type { MemberRole } from './room-tables.ts';

/** ms */
const MINUTE = 60_000;

/** Whom a ban is about. */
export function whom({ services }: App, { who, name, network }: BanRecord): object {
  return { who, name: name ?? (who === undefined ? undefined : services.accounts.find(who)?.name), network };
}

/** The rows of the API that are about who is what in a room, and who may not enter it. */
export function peopleRoutes(app: App, parts: RoomParts): Route[] {
  const { scheduler, services } = app;
  const { members, bans, changed } = parts;

  const accountNamed = (name: string): AccountRecord => {
    const account = services.accounts.named(name);
    if (!account) throw new NotFound('Nobody with an account has this name.');
    return account;
  };
  const withName = ({ account, role, since }: MemberRecord): object => {
    const name = services.accounts.find(account)?.name;
    return { id: account, ...(name === undefined ? {} : { name }), role, since };
  };

  return [
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/members',
      access: 'moderator',
      summary: 'Those with a role in the room, and those on its list.',
      schema: { response: { 200: membersSchema } },
      handle: (request) => ({ members: members.list(roomOf(parts, request.params).id).map(withName) }),
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/members',
      access: 'owner',
      summary: 'Gives somebody a role: moderator, speaker, or viewer, who is just on the list.',
      schema: { body: memberBody, response: { 200: membersSchema } },
      async handle(request) {
        const room = roomOf(parts, request.params);
        const { name, role } = request.body as { name: string; role: MemberRole };
        await members.set(room.id, accountNamed(name).id, role);
        changed(room);
        return { members: members.list(room.id).map(withName) };
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/members/:id',
      access: 'owner',
      summary: 'Takes somebody’s role in the room away.',
      before: (request) => ({ about: { name: services.accounts.find((request.params as { id: string }).id)?.name } }),
      async handle(request) {
        const room = roomOf(parts, request.params);
        if (!(await members.remove(room.id, (request.params as { id: string }).id)))
          throw new NotFound('They have no role in this room.');
        changed(room);
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/bans',
      access: 'moderator',
      summary: 'Who may not enter the room, the newest first.',
      schema: { response: { 200: bansSchema } },
      handle: (request) => ({ bans: bans.list(roomOf(parts, request.params).id) }),
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/bans',
      access: 'moderator',
      summary:
        'Bans an account by name, an account, guest or viewer of a link by id, or a network, for some minutes or for ever.',
      schema: { body: banBody, response: { 200: banSchema } },
      before(request) {
        const { who } = request.body as { who?: string };
        return { about: { name: who === undefined ? undefined : services.accounts.find(who)?.name } };
      },
      async handle(request, _reply, caller) {
        const room = roomOf(parts, request.params);
        const { minutes, name, ...body } = request.body as NewBan & { minutes?: number };
        const account = name !== undefined && body.who === undefined ? accountNamed(name) : undefined;
        const who = account?.id ?? body.who;
        checkBan(app, parts, { room, by: caller, who });
        const until = minutes === undefined ? {} : { until: isoTime(scheduler.wall() + minutes * MINUTE) };
        const called = account?.name ?? name ?? (who === undefined ? undefined : nameOfViewer(who));
        const ban = await bans.add(room.id, {
          ...body,
          ...(who === undefined ? {} : { who }),
          ...(called === undefined ? {} : { name: called }),
          ...until,
          by: caller.identity!.id,
        });
        changed(room);
        return ban;
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/bans/:id',
      access: 'moderator',
      summary: 'Lifts a ban.',
      before(request) {
        const { id } = request.params as { id: string };
        const ban = bans.list(roomOf(parts, request.params).id).find((each) => each.id === id);
        return ban ? { about: whom(app, ban) } : {};
      },
      async handle(request, _reply, caller) {
        const room = roomOf(parts, request.params);
        const { id } = request.params as { id: string };
        checkLift(parts, room, caller, id);
        if (!(await bans.lift(room.id, id))) throw new NotFound('There is no such ban.');
        changed(room);
      },
    },
  ];
}
