import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import { ownerCookie } from './cookie.ts';
import type { OwnerAccess } from './owner-access.ts';

/** Bodies, as JSON schemas. One that may be left out may also be null. */
const claimBody = {
  type: 'object',
  required: ['token'],
  additionalProperties: false,
  properties: { token: { type: 'string', minLength: 1, maxLength: 512 } },
};
const linkBody = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: { slug: { type: 'string', maxLength: 63 } },
};
const tokenBody = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: { scope: { enum: ['admin'] } },
};
const time = { type: 'string', description: 'ISO 8601, UTC' };
const tokensAnswer = {
  type: 'object',
  required: ['tokens'],
  properties: {
    tokens: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'scope', 'created'],
        properties: {
          id: { type: 'string' },
          scope: { enum: ['admin'] },
          created: time,
          lastUsed: { ...time, description: 'ISO 8601, UTC; absent where it was not used since the server started' },
        },
      },
    },
  },
};
const answer = (name: string): object => ({
  type: 'object',
  required: [name],
  properties: { [name]: { type: 'string' } },
});

export interface OwnerRoutesOptions {
  access: OwnerAccess;
  /** The whole address of a fresh link. */
  linkTo(slug: string): string;
  /** A token is worth nothing any more. */
  revoked(): void;
}

/** The rows of the API with which one becomes the owner, or makes somebody else it no more. */
export function ownerRoutes(app: App, { access, linkTo, revoked }: OwnerRoutesOptions): Route[] {
  const { http, services, settings } = app;
  return [
    {
      method: 'POST',
      url: '/api/v1/claim',
      access: 'anyone',
      summary: 'Trades the token of the owner’s link for the owner’s cookie.',
      schema: { body: claimBody },
      async handle(request, reply, caller) {
        const { token } = request.body as { token: string };
        // A browser that already is the owner just enters; the link is used up all the same.
        if (caller.identity?.role === 'owner') access.links.use(token);
        else
          void reply.header(
            'Set-Cookie',
            ownerCookie(await access.claim(token), { secure: http.isSecure(request.raw) }),
          );
        void reply.code(204).send();
        return reply;
      },
    },
    {
      method: 'POST',
      url: '/api/v1/link',
      access: 'owner',
      summary: 'A fresh link that opens a room’s page as its owner, once.',
      schema: { body: linkBody, response: { 200: answer('url') } },
      handle(request) {
        const { slug = settings.defaultRoom } = (request.body ?? {}) as { slug?: string };
        if (!services.rooms.has(slug)) throw new NotFound('There is no such room.');
        return { url: linkTo(slug) };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/tokens',
      access: 'owner',
      summary: 'A bearer token for programs; it is shown this once.',
      schema: { body: tokenBody, response: { 200: answer('token') } },
      handle: async () => ({ token: await access.createToken('admin') }),
    },
    {
      method: 'GET',
      url: '/api/v1/tokens',
      access: 'owner',
      summary: 'The bearer tokens that there are, by an id that is no secret.',
      schema: { response: { 200: tokensAnswer } },
      handle: async () => ({ tokens: await access.tokens() }),
    },
    {
      method: 'DELETE',
      url: '/api/v1/tokens/:id',
      access: 'owner',
      summary: 'Makes a bearer token worthless at once.',
      async handle(request, reply) {
        const { id } = request.params as { id: string };
        if (!(await access.revokeToken(id))) throw new NotFound('There is no such token.');
        revoked();
        void reply.code(204).send();
        return reply;
      },
    },
  ];
}
