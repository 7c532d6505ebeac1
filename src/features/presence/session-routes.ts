import { Denied, NotFound } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import { isAtLeast, type RoomRole } from '../../live/access.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { App } from '../../plugin.ts';
import { roomSessionsSchema } from './presence-schemas.ts';
import { sessionsFor } from './who-watches.ts';

/** The rows of the API about the sessions of one room, for those who look after it. */
export function sessionRoutes({ hub, services }: App): Route[] {
  const roleOf = (slug: string, caller: Pick<Caller, 'identity' | 'remote'>): RoomRole =>
    services.rooms.roleOf(slug, caller) ?? 'guest';
  return [
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/sessions',
      access: 'moderator',
      summary:
        'Who watches a room, and for its owner who publishes; moderators are told networks instead of addresses.',
      schema: { response: { 200: roomSessionsSchema } },
      handle(request, _reply, caller) {
        const { slug } = request.params as { slug: string };
        return { sessions: sessionsFor(roleOf(slug, caller), hub.sessionsOf(pathOfSlug(slug))) };
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/sessions/:id',
      access: 'moderator',
      summary: 'Closes a session of a room; its peer is refused for a while. Moderators close those of viewers.',
      handle(request, _reply, caller) {
        const { slug, id } = request.params as { slug: string; id: string };
        const session = hub.sessions.get(id);
        if (session?.path !== pathOfSlug(slug)) throw new NotFound('There is no such session.');
        if (roleOf(slug, caller) !== 'owner') {
          // As if it were not there: moderators are not told of it.
          if (session.action !== 'play') throw new NotFound('There is no such session.');
          const { remote } = session.access;
          if (isAtLeast(roleOf(slug, { identity: session.grant.identity, remote }), 'moderator'))
            throw new Denied('denied', 'Those who look after the room are for its owner.');
        }
        hub.kick(id);
      },
    },
  ];
}
