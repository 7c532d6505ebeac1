import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import { checkPath, slugOfPath } from '../../live/path.ts';
import type { App } from '../../plugin.ts';
import { streamSchema, streamsSchema } from './schemas.ts';
import { streamRecord } from './stream-record.ts';

/** The rows of the API that are about streams. */
export function streamRoutes({ hub, services }: App): Route[] {
  return [
    {
      method: 'GET',
      url: '/api/v1/streams',
      access: 'admin',
      summary: 'Streams that are on or waited for, those with the most viewers first.',
      schema: { response: { 200: streamsSchema } },
      handle: () => ({
        streams: [...hub.streams()]
          .map(({ path }) => streamRecord(path, hub, services.doctor))
          .sort((a, b) => b.viewers - a.viewers || (a.path < b.path ? -1 : 1)),
      }),
    },
    {
      method: 'GET',
      url: '/api/v1/streams/*',
      access: 'admin',
      summary: 'One stream by its path, such as live/lobby: tracks, rates, GOP, viewers, and what is wrong with it.',
      schema: { response: { 200: streamSchema } },
      handle(request) {
        const path = (request.params as { '*': string })['*'];
        checkPath(path);
        const slug = slugOfPath(path);
        const isRoom = slug !== undefined && services.rooms.has(slug);
        if (!isRoom && !hub.stream(path)) throw new NotFound('Nothing is live there, and no room has this path.');
        return streamRecord(path, hub, services.doctor);
      },
    },
  ];
}
