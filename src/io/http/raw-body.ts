import type { FastifyInstance } from 'fastify';
import { RoomcastError } from '../../errors.ts';
import type { RawBody } from '../routes.ts';

/**
 * Has the routes that `add` adds take any bytes as their body, up to a limit of their own. What they are called says
 * nothing: their readers look. Throws `too-large`, and `bad-request` where there are none.
 */
export function takeBytes(app: FastifyInstance, { bytes }: RawBody, add: (app: FastifyInstance) => void): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.addHook('preHandler', async (request) => {
      if (!(request.body instanceof Uint8Array) || request.body.length === 0)
        throw new RoomcastError('bad-request', 'There are no bytes in the body.');
    });
    add(scope);
  });
}
