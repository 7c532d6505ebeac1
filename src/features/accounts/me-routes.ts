import { NotFound, RoomcastError } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import type { AccountChange } from './account-directory.ts';
import { keyOf } from './account-name.ts';
import type { AccountParts } from './account-parts.ts';
import { confirmBody, meAnswer, meBody, signInsAnswer, userAnswer } from './account-schemas.ts';
import { cookieOf } from './cookie.ts';
import { identityOf } from './identities.ts';
import { userInfo } from './user-info.ts';

/** The rows of the API about oneself. */
export function meRoutes({ settings }: App, { accounts, attempts, signIns, changed }: AccountParts): Route[] {
  const accountOf = ({ identity }: Caller): string => {
    if (identity?.kind !== 'account') throw new RoomcastError('bad-request', 'This token has no account of its own.');
    return identity.id;
  };
  const valueOf = ({ credentials }: Caller): string | undefined =>
    credentials.cookie === undefined ? undefined : cookieOf(credentials.cookie);

  /** Who changes the password has to know it, where there is one: a browser that was left open is not enough. */
  const prove = async (caller: Caller, password: string | undefined): Promise<void> => {
    const account = accounts.find(accountOf(caller))!;
    if (!account.hasPassword) return;
    const { name = '' } = account;
    const attempt = { address: caller.remote.address, name: keyOf(name), known: true };
    attempts.take(attempt);
    if (!(await accounts.verify(name, password ?? '')))
      throw new RoomcastError('wrong-password', 'That is not your password.');
    attempts.forgive(attempt);
  };

  return [
    {
      method: 'GET',
      url: '/api/v1/me',
      access: 'anyone',
      summary: 'Who asks, and whether accounts can be made.',
      schema: { response: { 200: meAnswer } },
      handle: (_request, _reply, { identity }) => ({ user: userInfo(identity, accounts), signUp: settings.signUp }),
    },
    {
      method: 'PATCH',
      url: '/api/v1/me',
      access: 'user',
      scope: 'admin',
      summary: 'Changes one’s own name, e-mail address or password. Another password signs all other browsers out.',
      schema: { body: meBody, response: { 200: userAnswer } },
      before: (_request, caller) => ({ now: accounts.find(accountOf(caller)) ?? {} }),
      async handle(request, _reply, caller) {
        const { currentPassword, ...change } = request.body as AccountChange & { currentPassword?: string };
        const id = accountOf(caller);
        if (change.password !== undefined || change.email !== undefined) await prove(caller, currentPassword);
        const account = await accounts.change(id, change);
        if (change.password !== undefined) await signIns.endAll(id, { but: valueOf(caller) }).finally(changed);
        return { user: userInfo(identityOf(account), accounts) };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/confirm',
      access: 'user',
      scope: 'admin',
      summary: 'Proves by the password once more who uses a browser, before keys are shown and accounts changed.',
      schema: { body: confirmBody },
      async handle(request, _reply, caller) {
        if (accounts.find(accountOf(caller))?.hasPassword === false)
          throw new RoomcastError('wrong-password', 'This account has no password; “npx roomcast link” prints a link.');
        await prove(caller, (request.body as { password: string }).password);
        const value = valueOf(caller);
        if (value !== undefined) signIns.prove(value);
      },
    },
    {
      method: 'GET',
      url: '/api/v1/me/sign-ins',
      access: 'user',
      summary: 'The browsers in which one is signed in, the newest first.',
      schema: { response: { 200: signInsAnswer } },
      handle(_request, _reply, caller) {
        const value = valueOf(caller);
        const here = value === undefined ? undefined : signIns.idOf(value);
        return { signIns: signIns.list(accountOf(caller)).map((each) => ({ ...each, here: each.id === here })) };
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/me/sign-ins',
      access: 'user',
      scope: 'admin',
      summary: 'Signs all other browsers out.',
      async handle(_request, _reply, caller) {
        await signIns.endAll(accountOf(caller), { but: valueOf(caller) }).finally(changed);
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/me/sign-ins/:id',
      access: 'user',
      scope: 'admin',
      summary: 'Signs one browser out.',
      async handle(request, reply, caller) {
        const { id } = request.params as { id: string };
        const ended = await signIns.end(accountOf(caller), id).finally(changed);
        if (!ended) throw new NotFound('No such browser is signed in.');
      },
    },
  ];
}
