import type { AccountInfo } from '../client/admin-api.ts';
import { WrongUsage } from '../config/load.ts';
import { NotFound, RoomcastError } from '../errors.ts';
import { keyOf } from '../features/accounts/account-name.ts';
import { makePassword } from '../features/accounts/password-rules.ts';
import { type Action, type Flags, given, row, textOf } from './actions.ts';
import type { AdminApi } from './admin-api.ts';

const secret = (flags: Flags): string | undefined => (flags.has('password') ? 'Password' : undefined);

const list: Action = {
  usage: 'list',
  does: 'list the accounts: name, what it is, when it was made, id',
  async run({ api }) {
    const answer = await api.call<{ users: AccountInfo[] }>('GET', 'users');
    return { answer, lines: answer.users.map((each) => row(each.name, kindOf(each), each.created, each.id)) };
  },
};

/** `roomcast user …` */
export const userActions: readonly Action[] = [
  { ...list, usage: '' },
  list,
  {
    usage: 'show NAME',
    does: 'all about one, a line each',
    async run({ api, words: [name] }) {
      const answer = await accountNamed(api, name!);
      return { answer, lines: Object.entries(answer).map(([field, value]) => `${field}: ${value}`) };
    },
  },
  {
    usage: 'add NAME',
    does: 'make one, and print its password; --bot, --email, --password',
    flags: ['bot', 'email', 'password'],
    secret,
    async run({ api, words: [name], flags, secret: chosen }) {
      const about = given({ name, email: textOf(flags, 'email') });
      if (flags.has('bot')) {
        if (flags.has('password')) throw new WrongUsage('A bot has a token, and no password.');
        const made = await api.call<{ user: { id: string } }>('POST', 'users', { ...about, kind: 'bot' });
        const pass = { account: made.user.id, scope: 'chat' };
        const { token } = await api.call<{ token: string }>('POST', 'tokens', pass);
        return { answer: { ...made, token }, lines: [token] };
      }
      const password = chosen || makePassword();
      const made = await api.call<object>('POST', 'users', { ...about, password });
      return chosen ? { answer: made, note: `${name} is made.` } : { answer: { ...made, password }, lines: [password] };
    },
  },
  {
    usage: 'password NAME',
    does: 'give another password, and print it; --password for your own',
    flags: ['password'],
    secret,
    async run({ api, words: [name], secret: chosen }) {
      const password = chosen || makePassword();
      const answer = await change(api, name!, { password });
      return chosen
        ? { answer, note: `${name} has another password.` }
        : { answer: { ...answer, password }, lines: [password] };
    },
  },
  {
    usage: 'set NAME',
    does: 'change --name or --email',
    flags: ['name', 'email'],
    async run({ api, words: [name], flags }) {
      const email = textOf(flags, 'email');
      const how = given({ name: textOf(flags, 'name'), email: email === 'none' ? null : email });
      if (Object.keys(how).length === 0) throw new WrongUsage('“user set” needs --name or --email.');
      return { answer: await change(api, name!, how), note: `${name} is changed.` };
    },
  },
  {
    usage: 'reset NAME',
    does: 'print a link with which they set another password, within 15 minutes',
    async run({ api, runs, words: [name] }) {
      if (!runs) throw new RoomcastError('not-found', 'No server runs, and a link opens only with it. Start it first.');
      const { id } = await accountNamed(api, name!);
      const answer = await api.call<{ url: string }>('POST', `users/${encodeURIComponent(id)}/reset`);
      return { answer, lines: [answer.url] };
    },
  },
  ...([true, false] as const).map((disabled): Action => ({
    usage: `${disabled ? 'disable' : 'enable'} NAME`,
    does: disabled ? 'sign them out everywhere, and let nobody in by it' : 'let them in again',
    run: async ({ api, words: [name] }) => ({
      answer: await change(api, name!, { disabled }),
      note: `${name} is ${disabled ? 'disabled' : 'enabled'}.`,
    }),
  })),
  {
    usage: 'remove NAME',
    does: 'take it away, with its tokens; what it wrote stays',
    async run({ api, words: [name] }) {
      const { id } = await accountNamed(api, name!);
      await api.call('DELETE', `users/${encodeURIComponent(id)}`);
      return { note: `${name} is removed.` };
    },
  },
];

/** Throws `not-found`. */
export async function accountNamed(api: AdminApi, name: string): Promise<AccountInfo> {
  const { users } = await api.call<{ users: AccountInfo[] }>('GET', 'users');
  const account = users.find((each) => each.name !== undefined && keyOf(each.name) === keyOf(name));
  if (!account) throw new NotFound('Nobody with an account has this name.');
  return account;
}

async function change(api: AdminApi, name: string, how: object): Promise<object> {
  const { id } = await accountNamed(api, name);
  return api.call<object>('PATCH', `users/${encodeURIComponent(id)}`, how);
}

function kindOf({ admin, disabled, kind }: AccountInfo): string {
  if (disabled) return 'disabled';
  return admin ? 'admin' : kind;
}
