import { WrongUsage } from '../config/load.ts';
import { NotFound } from '../errors.ts';
import { type TokenRecord, Tokens } from '../features/accounts/index.ts';
import { systemScheduler } from '../io/scheduler.ts';
import { isScope } from '../live/access.ts';
import type { Store } from '../store/store.ts';
import { beside } from './beside.ts';
import type { CommandContext } from './command-context.ts';

/** `roomcast token [--scope SCOPE]`, `roomcast token --list`, `roomcast token --revoke ID` */
export async function token(context: CommandContext): Promise<number> {
  const { effective, stdout } = context;
  const { flags } = effective;
  if ([...flags.keys()].filter((name) => ['scope', 'list', 'revoke'].includes(name)).length > 1)
    throw new WrongUsage('“token” takes one of --scope, --list and --revoke.');
  if (flags.has('list')) return listTokens(context);
  const id = flags.get('revoke');
  if (id !== undefined) return revokeToken(context, String(id));
  const scope = String(flags.get('scope') ?? 'admin');
  if (!isScope(scope)) throw new WrongUsage('--scope takes read, chat, manage or admin.');
  const made = await beside(context, {
    api: async (api) => (await api.call<{ token: string }>('POST', 'tokens', { scope })).token,
    store: async (store) => (await openTokens(store)).create({ scope }),
  });
  stdout.write(`${made}\n`);
  return 0;
}

async function listTokens(context: CommandContext): Promise<number> {
  const tokens = await beside(context, {
    api: async (api) => (await api.call<{ tokens: TokenRecord[] }>('GET', 'tokens')).tokens,
    store: async (store) => (await openTokens(store)).list(),
  });
  for (const { id, scope, created, lastUsed = '-' } of tokens)
    context.stdout.write(`${id}\t${scope}\t${created}\t${lastUsed}\n`);
  return 0;
}

async function revokeToken(context: CommandContext, id: string): Promise<number> {
  await beside(context, {
    api: (api) => api.call('DELETE', `tokens/${encodeURIComponent(id)}`),
    async store(store) {
      if (!(await (await openTokens(store)).revoke(id))) throw new NotFound('There is no such token.');
    },
  });
  context.stderr.write(`The token ${id} is worth nothing any more.\n`);
  return 0;
}

function openTokens(store: Store): Promise<Tokens> {
  return Tokens.open(store, systemScheduler());
}
