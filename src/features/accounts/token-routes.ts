import { Denied, NotFound } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import { type Identity, includesScope, type Scope } from '../../live/access.ts';
import type { App } from '../../plugin.ts';
import type { AccountParts } from './account-parts.ts';
import { tokenAnswer, tokenBody, tokensAnswer } from './account-schemas.ts';

/** ms */
const DAY = 86_400_000;

/** The rows of the API about bearer tokens: one's own, and for the admin all. */
export function tokenRoutes({ scheduler }: App, { accounts, tokens, changed }: AccountParts): Route[] {
  /** Whose tokens somebody may see and take away; undefined is everybody's. */
  const whose = ({ identity }: Caller): string | undefined => (identity!.admin ? undefined : identity!.id);

  /** Bots do not sign in: who looks after the server gives them their tokens. */
  const botOf = (id: string, { admin }: Identity): string => {
    if (!admin) throw new Denied('denied', 'Tokens of bots are made by the owner of the server.');
    if (accounts.find(id)?.kind !== 'bot') throw new NotFound('There is no such bot.');
    return id;
  };

  return [
    {
      method: 'POST',
      url: '/api/v1/tokens',
      access: 'user',
      recent: true,
      summary: 'A bearer token for programs, which does what its owner may within its scope; it is shown this once.',
      schema: { body: tokenBody, response: { 200: tokenAnswer } },
      async handle(request, _reply, { identity }) {
        const asked = (request.body ?? {}) as { scope?: Scope; name?: string; days?: number; account?: string };
        const { name, days, account: bot } = asked;
        const { scope = bot === undefined ? 'admin' : 'chat' } = asked;
        if (!includesScope(identity!.scope, scope))
          throw new Denied('denied', `A token makes none that may do more than itself, “${identity!.scope}”.`);
        const own = identity!.kind === 'account' ? identity!.id : undefined;
        const account = bot === undefined ? own : botOf(bot, identity!);
        const expires = days === undefined ? undefined : scheduler.wall() + days * DAY;
        return { token: await tokens.create({ scope, account, name, expires }) };
      },
    },
    {
      method: 'GET',
      url: '/api/v1/tokens',
      access: 'user',
      summary: 'The bearer tokens that there are, by an id that is no secret.',
      schema: { response: { 200: tokensAnswer } },
      handle: async (_request, _reply, caller) => ({ tokens: await tokens.list(whose(caller)) }),
    },
    {
      method: 'DELETE',
      url: '/api/v1/tokens/:id',
      access: 'user',
      summary: 'Makes a bearer token worthless at once.',
      async handle(request, reply, caller) {
        const { id } = request.params as { id: string };
        if (!(await tokens.revoke(id, whose(caller)))) throw new NotFound('There is no such token.');
        changed();
      },
    },
  ];
}
