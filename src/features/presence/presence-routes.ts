import { Denied } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import { isAtLeast } from '../../live/access.ts';
import type { App } from '../../plugin.ts';
import { MAX_PAGE } from './broadcast-log.ts';
import type { PresenceRooms } from './presence-rooms.ts';
import { broadcastsSchema, qoeSchema, timelineSchema, viewersSchema } from './presence-schemas.ts';
import { RoomQuality } from './room-quality.ts';
import { signedIn } from './who-watches.ts';

/** Broadcasts of one page unless it is said. */
const PAGE = 20;
/** Viewers that one list names. */
const MAX_VIEWERS = 1000;

/** The rows of the API about those who watch a room. */
export function presenceRoutes(app: App, rooms: PresenceRooms): Route[] {
  const { services } = app;
  return [
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/viewers',
      access: 'anyone',
      summary:
        'Who is in a room and has signed in; where the room does not show it, for those who look after it. At most 1000.',
      schema: { response: { 200: viewersSchema } },
      handle(request, _reply, caller) {
        const { slug } = request.params as { slug: string };
        services.rooms.checkEntry(slug, caller);
        const role = services.rooms.roleOf(slug, caller)!;
        if (!services.rooms.showsViewers(slug) && !isAtLeast(role, 'moderator'))
          throw new Denied('denied', 'This room does not show who watches.');
        return { viewers: signedIn(app, slug, MAX_VIEWERS) };
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/broadcasts',
      access: 'moderator',
      summary:
        'What was live in a room and who watched, the newest first; “before” is a time, “limit” at most 100. A thousand are kept.',
      schema: { response: { 200: broadcastsSchema } },
      async handle(request) {
        const { slug } = request.params as { slug: string };
        const room = services.rooms.idOf(slug)!;
        const page = pageOf(request.query);
        const kept = await rooms.log.page(room, page);
        // What is on is told as it is now, not as it was written last.
        const now = page.before === undefined ? rooms.find(slug)?.broadcast : undefined;
        const rest = kept.filter(({ id }) => id !== now?.id);
        return {
          broadcasts: [...(now ? [now] : []), ...rest].slice(0, page.limit),
          total: await rooms.log.totals(room),
        };
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/qoe',
      access: 'moderator',
      summary: 'How well it plays, as players tell: in the last minute, and in this broadcast or the last one.',
      schema: { response: { 200: qoeSchema } },
      handle: (request) => rooms.find((request.params as { slug: string }).slug)?.qoe() ?? new RoomQuality().read(0),
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/timeline',
      access: 'moderator',
      summary: 'The last hour of a room’s stream: a point every two seconds for ten minutes, every twelve before.',
      schema: { response: { 200: timelineSchema } },
      handle: (request) => ({ points: rooms.find((request.params as { slug: string }).slug)?.points ?? [] }),
    },
  ];
}

function pageOf(query: unknown): { before?: string; limit: number } {
  const { before, limit } = query as { before?: unknown; limit?: unknown };
  const wanted = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : PAGE;
  const isTime = typeof before === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{1,16}Z$/.test(before);
  return { limit: Math.min(Math.max(wanted, 1), MAX_PAGE), ...(isTime && { before }) };
}
