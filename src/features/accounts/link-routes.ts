import { NotFound, RoomcastError } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import type { AccountParts } from './account-parts.ts';
import { claimBody, linkBody, urlAnswer } from './account-schemas.ts';
import { cookie, cookieOf } from './cookie.ts';

/** The rows of the API about the link that makes a browser the admin's. */
export function linkRoutes({ http, services, settings }: App, parts: AccountParts): Route[] {
  const { accounts, claims, signIns } = parts;
  return [
    {
      method: 'POST',
      url: '/api/v1/claim',
      access: 'anyone',
      summary: 'Trades the token of the owner’s link for the owner’s cookie.',
      schema: { body: claimBody },
      async handle(request, reply, caller) {
        const { token } = request.body as { token: string };
        const valid = claims.use(token) !== undefined;
        // A browser that already is the owner just enters; the link is used up all the same.
        if (!caller.identity?.admin) {
          if (!valid) throw usedLink();
          const admin = accounts.admin ?? (await accounts.create({ admin: true }));
          const value = await signIns.create(admin.id, caller.remote.agent);
          void reply.header('Set-Cookie', cookie(value, { secure: http.isSecure(request.raw) }));
        } else if (valid && caller.credentials.cookie !== undefined) {
          signIns.prove(cookieOf(caller.credentials.cookie) ?? '');
        }
      },
    },
    {
      method: 'POST',
      url: '/api/v1/link',
      access: 'admin',
      scope: 'admin',
      recent: true,
      summary: 'A fresh link that opens a room’s page as its owner, once.',
      schema: { body: linkBody, response: { 200: urlAnswer } },
      handle(request) {
        const { slug = settings.defaultRoom } = (request.body ?? {}) as { slug?: string };
        if (!services.rooms.has(slug)) throw new NotFound('There is no such room.');
        return { url: services.accounts.linkTo(slug) };
      },
    },
  ];
}

function usedLink(): RoomcastError {
  return new RoomcastError(
    'already-claimed',
    'This link was used before, or is too old. “npx roomcast link” prints a fresh one, and so does the next start.',
  );
}
