import { toRoomcastError } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import { errorBody, errorHeaders } from '../../io/refusal.ts';

const answer = (status: string): object => ({
  type: 'object',
  required: ['status'],
  properties: { status: { enum: [status] } },
});

/** The rows about health, open to all. `ready` rejects with an error of the list, which says in words what is missing. */
export function healthRoutes(ready: () => Promise<void>): Route[] {
  return [
    {
      method: 'GET',
      url: '/healthz',
      access: 'anyone',
      summary: 'The process answers. When it does not, start it again.',
      schema: { response: { 200: answer('ok') } },
      handle: () => ({ status: 'ok' }),
    },
    {
      method: 'GET',
      url: '/readyz',
      access: 'anyone',
      summary:
        'The server takes new sessions. It does not while it stops, is full or has no database; then it says so.',
      schema: { response: { 200: answer('ready') } },
      async handle(_request, reply) {
        try {
          await ready();
          return { status: 'ready' };
        } catch (thrown) {
          const error = toRoomcastError(thrown);
          // Whatever is missing: what asks here knows this status.
          void reply.code(503).headers(errorHeaders(error));
          return errorBody(error);
        }
      },
    },
  ];
}
