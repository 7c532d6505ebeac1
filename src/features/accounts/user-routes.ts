import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { Account, AccountChange } from './account-directory.ts';
import type { AccountParts } from './account-parts.ts';
import { accountAnswer, accountBody, accountsAnswer, urlAnswer } from './account-schemas.ts';

/** The rows of the API with which the admin looks after accounts. */
export function userRoutes({ accounts, signIns, tokens, resets, base, changed }: AccountParts): Route[] {
  const find = (params: unknown): Account => {
    const account = accounts.find((params as { id: string }).id);
    if (!account) throw new NotFound('There is no such account.');
    return account;
  };
  return [
    {
      method: 'GET',
      url: '/api/v1/users',
      access: 'admin',
      summary: 'All accounts, the oldest first.',
      schema: { response: { 200: accountsAnswer } },
      handle: () => ({ users: accounts.list() }),
    },
    {
      method: 'GET',
      url: '/api/v1/users/:id',
      access: 'admin',
      summary: 'One account.',
      schema: { response: { 200: accountAnswer } },
      handle: (request) => find(request.params),
    },
    {
      method: 'PATCH',
      url: '/api/v1/users/:id',
      access: 'admin',
      scope: 'admin',
      recent: true,
      summary: 'Changes the name, e-mail address or password of an account, or whether it may be used.',
      schema: { body: accountBody, response: { 200: accountAnswer } },
      before(request) {
        const account = find(request.params);
        return { now: account, about: { name: account.name } };
      },
      async handle(request) {
        const account = find(request.params);
        const change = request.body as AccountChange;
        const after = await accounts.change(account.id, change);
        if (change.disabled || change.password !== undefined) await signIns.endAll(account.id).finally(changed);
        return after;
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/users/:id',
      access: 'admin',
      scope: 'admin',
      recent: true,
      summary: 'Takes an account away, with its tokens; what it wrote stays.',
      before: (request) => ({ about: { name: find(request.params).name } }),
      async handle(request) {
        const { id } = find(request.params);
        await accounts.remove(id);
        signIns.forget(id);
        tokens.forget(id);
        changed();
      },
    },
    {
      method: 'POST',
      url: '/api/v1/users/:id/reset',
      access: 'admin',
      scope: 'admin',
      recent: true,
      summary: 'A link with which its owner sets another password, once, within 15 minutes.',
      schema: { response: { 200: urlAnswer } },
      before: (request) => ({ about: { name: find(request.params).name } }),
      handle: (request) => ({ url: `${base()}/#reset=${resets.create(find(request.params).id)}` }),
    },
  ];
}
