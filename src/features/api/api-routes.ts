import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { App } from '../../plugin.ts';
import { serverSchema, sessionsSchema } from './schemas.ts';

export interface ServerFacts {
  version: string;
  /** Wall time in ms. */
  startedAt: number;
}

/** The rows of the API that are about the whole server. */
export function apiRoutes({ hub, services }: App, facts: ServerFacts): Route[] {
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
    {
      method: 'GET',
      url: '/api/v1/server',
      access: 'admin',
      summary: 'Version, age and load of the server.',
      schema: { response: { 200: serverSchema } },
      handle() {
        const sessions = { publish: 0, play: 0 };
        for (const { action } of hub.sessions.values()) sessions[action]++;
        const streams = [...hub.streams()].filter((stream) => stream.active).length;
        const { version, startedAt } = facts;
        return {
          version,
          node: process.versions.node,
          startedAt: isoTime(startedAt),
          claimed: services.accounts.claimed,
          sessions,
          streams,
          memory: process.memoryUsage.rss(),
        };
      },
    },
  ];
}
