import type { FastifyReply, FastifyRequest } from 'fastify';
import { Denied, NotFound, RoomcastError } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import type { Account } from './account-directory.ts';
import { keyOf, readName } from './account-name.ts';
import type { AccountParts } from './account-parts.ts';
import { guestAnswer, guestBody, newAccountBody, resetBody, signInBody, userAnswer } from './account-schemas.ts';
import { cookie, cookieOf, knownCookie, knownCookieOf, noCookie } from './cookie.ts';
import { identityOf } from './identities.ts';
import { checkPassword } from './password-rules.ts';
import { userInfo } from './user-info.ts';
import { verifyAttempt } from './verify-attempt.ts';

/** The rows of the API with which somebody becomes somebody, and nobody again. */
export function signInRoutes({ http, settings, log }: App, parts: AccountParts): Route[] {
  const { accounts, attempts, guests, known, resets, signIns, changed } = parts;

  const signIn = async (account: Account, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const secure = http.isSecure(request.raw);
    const value = await signIns.create(account.id, http.remoteOf(request.raw).agent);
    void reply.header('Set-Cookie', [cookie(value, { secure }), knownCookie(known.create(account.id), { secure })]);
  };
  /** Programs keep what they are given themselves. */
  const isBrowser = ({ credentials }: Caller): boolean => credentials.bearer === undefined;

  return [
    {
      method: 'POST',
      url: '/api/v1/sign-in',
      access: 'anyone',
      summary: 'Trades a name and password for the cookie of a browser that is signed in.',
      schema: { body: signInBody, response: { 200: userAnswer } },
      async handle(request, reply, caller) {
        const { name, password } = request.body as { name: string; password: string };
        const { address } = caller.remote;
        const found = accounts.named(name);
        const { cookie: header = '' } = request.headers;
        const attempt = {
          address,
          name: keyOf(name),
          known: found !== undefined && known.is(knownCookieOf(header), found.id),
        };
        const account = await verifyAttempt({ accounts, attempts, log }, { attempt, name, password, protocol: 'http' });
        await signIn(account, request, reply);
        return { user: userInfo(identityOf(account), accounts) };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/sign-out',
      access: 'anyone',
      summary: 'Makes the browser that asks nobody’s.',
      async handle(request, reply, { credentials }) {
        const value = credentials.cookie === undefined ? undefined : cookieOf(credentials.cookie);
        const account = value === undefined ? undefined : signIns.accountOf(value);
        void reply.header('Set-Cookie', noCookie({ secure: http.isSecure(request.raw) }));
        if (account !== undefined) await signIns.end(account, signIns.idOf(value!)).finally(changed);
      },
    },
    {
      method: 'POST',
      url: '/api/v1/guest',
      access: 'anyone',
      summary:
        'Gives a guest a name, and what lets them be the same guest again: a cookie, or for a program the token.',
      schema: { body: guestBody, response: { 200: guestAnswer } },
      handle(request, reply, caller) {
        const { identity } = caller;
        if (identity && identity.kind !== 'guest')
          throw new RoomcastError('bad-request', 'Who has signed in is no guest.');
        const { name } = request.body as { name: string };
        const { pass, guest } = guests.create(accounts.freeName(name), identity?.id);
        if (isBrowser(caller)) void reply.header('Set-Cookie', cookie(pass, { secure: http.isSecure(request.raw) }));
        return { user: userInfo(guest, accounts), token: pass };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/users',
      access: 'anyone',
      summary: 'Makes an account: for oneself, who is signed in then, or as the admin for somebody else.',
      schema: { body: newAccountBody, response: { 200: userAnswer } },
      async handle(request, reply, caller) {
        const body = request.body as { name: string; password?: string; email?: string; kind?: Account['kind'] };
        const byAdmin = caller.identity?.admin === true;
        const isBot = body.kind === 'bot';
        if (isBot !== (body.password === undefined))
          throw new RoomcastError('bad-request', 'People have a password; bots have none, but tokens.');
        if (isBot && !byAdmin) throw new Denied('denied', 'Bots are made by the owner of the server.');
        if (byAdmin) http.checkRecent(caller);
        else {
          if (settings.signUp === 'off') throw new Denied('denied', 'Accounts of this server are made by its owner.');
          if (caller.identity?.kind === 'account') throw new RoomcastError('bad-request', 'You have an account.');
          // Only what could become an account counts.
          readName(body.name);
          checkPassword(body.password!, body.name);
          attempts.take({ address: caller.remote.address, name: '', known: false });
        }
        const account = await accounts.create(body);
        if (!byAdmin) await signIn(account, request, reply);
        return { user: userInfo(identityOf(account), accounts) };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/reset',
      access: 'anyone',
      summary: 'Sets another password with the token of a link that the admin gave, and signs in.',
      schema: { body: resetBody, response: { 200: userAnswer } },
      async handle(request, reply) {
        const { token, password } = request.body as { token: string; password: string };
        // What will not do costs nobody their link.
        checkPassword(password);
        const id = resets.use(token);
        if (id === undefined) throw new RoomcastError('link-used');
        if (!accounts.find(id)) throw new NotFound('There is no such account.');
        const account = await accounts.change(id, { password });
        resets.end((other) => other === id);
        await signIns.endAll(id).finally(changed);
        await signIn(account, request, reply);
        return { user: userInfo(identityOf(account), accounts) };
      },
    },
  ];
}
