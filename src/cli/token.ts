import type { TokenInfo } from '../client/admin-api.ts';
import { WrongUsage } from '../config/load.ts';
import { isScope } from '../live/access.ts';
import { type Action, given, numberOf, row, textOf } from './actions.ts';
import { accountNamed } from './user.ts';

/** What a new token is told by; --list and --revoke take none of it. */
const NEW = ['scope', 'name', 'days', 'account'];

/** `roomcast token …` */
export const tokenActions: readonly Action[] = [
  {
    usage: '',
    does: 'print a new one; --scope, --name, --days, --account; or --list, --revoke',
    flags: [...NEW, 'list', 'revoke'],
    async run({ api, flags }) {
      const asked = ['list', 'revoke'].filter((name) => flags.has(name));
      if (asked.length > 1 || (asked.length === 1 && NEW.some((name) => flags.has(name))))
        throw new WrongUsage('--list and --revoke stand alone.');
      if (flags.has('list')) {
        const answer = await api.call<{ tokens: TokenInfo[] }>('GET', 'tokens');
        const line = ({ id, scope, created, lastUsed, expires, name }: TokenInfo): string =>
          row(id, scope, created, lastUsed, expires, name);
        return { answer, lines: answer.tokens.map(line) };
      }
      const id = textOf(flags, 'revoke');
      if (id !== undefined) {
        await api.call('DELETE', `tokens/${encodeURIComponent(id)}`);
        return { note: `The token ${id} is worth nothing any more.` };
      }
      const account = textOf(flags, 'account');
      const scope = textOf(flags, 'scope');
      if (scope !== undefined && !isScope(scope)) throw new WrongUsage('--scope takes read, chat, manage or admin.');
      const body = given({
        scope,
        name: textOf(flags, 'name'),
        days: numberOf(flags, 'days'),
        account: account === undefined ? undefined : (await accountNamed(api, account)).id,
      });
      const answer = await api.call<{ token: string }>('POST', 'tokens', body);
      return { answer, lines: [answer.token] };
    },
  },
];
