import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import { sessionsSchema } from './schemas.ts';

/** The rows of the API about the sessions of the whole server. */
export function apiRoutes({ hub }: App): Route[] {
  return [
    {
      method: 'GET',
      url: '/api/v1/sessions',
      access: 'admin',
      summary: 'Everyone who publishes or plays, over all protocols.',
      schema: { response: { 200: sessionsSchema } },
      handle: () => ({ sessions: [...hub.sessions.values()].map((session) => session.toJSON()) }),
    },
    {
      method: 'DELETE',
      url: '/api/v1/sessions/:id',
      access: 'admin',
      summary: 'Closes a session; its peer is refused for a while.',
      handle(request) {
        if (!hub.kick((request.params as { id: string }).id)) throw new NotFound('There is no such session.');
      },
    },
  ];
}
