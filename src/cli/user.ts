import { WrongUsage } from '../config/load.ts';
import { NotFound } from '../errors.ts';
import { type Account, AccountDirectory, keyOf, makePassword, SignIns, Tokens } from '../features/accounts/index.ts';
import { systemScheduler } from '../io/scheduler.ts';
import type { Store } from '../store/store.ts';
import type { AdminApi } from './admin-api.ts';
import { beside } from './beside.ts';
import type { CommandContext } from './command-context.ts';

const USAGE =
  'Usage: roomcast user [list | add NAME [--bot] | password NAME | disable NAME | enable NAME | remove NAME]';
const ACTIONS = ['list', 'add', 'password', 'disable', 'enable', 'remove'];

const DONE: Readonly<Record<string, string>> = { disable: 'disabled', enable: 'enabled', remove: 'removed' };

type Users = { users: Account[] };

/** `roomcast user …` */
export async function user(context: CommandContext): Promise<number> {
  const { effective, stdout, stderr } = context;
  const [action = 'list', name] = effective.positionals;
  if (!ACTIONS.includes(action)) throw new WrongUsage(`“user” has no “${action.slice(0, 40)}”. ${USAGE}`);
  if ((action === 'list') !== (name === undefined)) throw new WrongUsage(USAGE);
  if (name === undefined) {
    const users = await list(context);
    if (effective.flags.has('json')) stdout.write(`${JSON.stringify({ users }, undefined, 2)}\n`);
    else for (const each of users) stdout.write(`${each.name ?? '-'}\t${kindOf(each)}\t${each.created}\t${each.id}\n`);
    return 0;
  }
  const isBot = effective.flags.has('bot');
  if (isBot && action !== 'add') throw new WrongUsage('--bot belongs to “user add”.');
  if (isBot) {
    stdout.write(`${await addBot(context, name)}\n`);
    return 0;
  }
  if (action === 'add' || action === 'password') {
    const password = makePassword();
    if (action === 'add') await add(context, name, password);
    else await change(context, name, { password });
    stdout.write(`${password}\n`);
    return 0;
  }
  if (action === 'remove') await remove(context, name);
  else await change(context, name, { disabled: action === 'disable' });
  stderr.write(`${name} is ${DONE[action]}.\n`);
  return 0;
}

function kindOf({ admin, disabled, kind }: Account): string {
  if (disabled) return 'disabled';
  return admin ? 'admin' : kind;
}

function list(context: CommandContext): Promise<Account[]> {
  return beside(context, {
    api: async (api) => (await api.call<Users>('GET', 'users')).users,
    store: async (store) => (await openAccounts(store)).list(),
  });
}

function add(context: CommandContext, name: string, password: string): Promise<unknown> {
  return beside(context, {
    api: (api) => api.call('POST', 'users', { name, password }),
    store: async (store) => (await openAccounts(store)).create({ name, password }),
  });
}

/** Gives the token by which a bot talks. */
function addBot(context: CommandContext, name: string): Promise<string> {
  return beside(context, {
    async api(api) {
      const { user: bot } = await api.call<{ user: { id: string } }>('POST', 'users', { name, kind: 'bot' });
      return (await api.call<{ token: string }>('POST', 'tokens', { account: bot.id, scope: 'chat' })).token;
    },
    async store(store) {
      const { id } = await (await openAccounts(store)).create({ name, kind: 'bot' });
      return (await Tokens.open(store, systemScheduler())).create({ account: id, scope: 'chat' });
    },
  });
}

function change(
  context: CommandContext,
  name: string,
  how: { password?: string; disabled?: boolean },
): Promise<unknown> {
  return beside(context, {
    api: async (api) => api.call('PATCH', `users/${await idAt(api, name)}`, how),
    async store(store) {
      const accounts = await openAccounts(store);
      const { id } = known(accounts.named(name));
      await accounts.change(id, how);
      if (how.disabled !== false) await (await SignIns.open(store, systemScheduler())).endAll(id);
    },
  });
}

function remove(context: CommandContext, name: string): Promise<unknown> {
  return beside(context, {
    api: async (api) => api.call('DELETE', `users/${await idAt(api, name)}`),
    async store(store) {
      const accounts = await openAccounts(store);
      await accounts.remove(known(accounts.named(name)).id);
    },
  });
}

async function idAt(api: AdminApi, name: string): Promise<string> {
  const { users } = await api.call<Users>('GET', 'users');
  return known(users.find((each) => each.name !== undefined && keyOf(each.name) === keyOf(name))).id;
}

function known(account: Account | undefined): Account {
  if (!account) throw new NotFound('Nobody with an account has this name.');
  return account;
}

function openAccounts(store: Store): Promise<AccountDirectory> {
  return AccountDirectory.open(store, systemScheduler());
}
