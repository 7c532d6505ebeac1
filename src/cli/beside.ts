import type { Room } from '../client/messages.ts';
import { WrongUsage } from '../config/load.ts';
import { NotFound, RoomcastError } from '../errors.ts';
import { OwnerAccess, type TokenRecord } from '../features/owner/index.ts';
import { RoomDirectory } from '../features/rooms/index.ts';
import { systemScheduler } from '../io/scheduler.ts';
import { plugins } from '../plugins.ts';
import { openStore, type Store } from '../store/store.ts';
import { AdminApi } from './admin-api.ts';
import type { CommandContext } from './command-context.ts';

/** The commands beside a running server. They ask it by its API, and work on the store when no server runs. */

/** `roomcast key SLUG [--new]` */
export async function key(context: CommandContext): Promise<number> {
  const { effective, stdout } = context;
  const slug = effective.positionals[0]!;
  const renew = effective.flags.has('new');
  const found = await beside(context, {
    api: async (api) =>
      (await api.call<{ key: string }>(renew ? 'POST' : 'GET', `rooms/${encodeURIComponent(slug)}/key`)).key,
    async store(store) {
      const rooms = await openRooms(context, store);
      return renew ? (await rooms.replaceKey(slug)).key : rooms.key(slug);
    },
  });
  stdout.write(`${found}\n`);
  return 0;
}

/** `roomcast link [SLUG]` */
export async function link({ effective, stdout }: CommandContext): Promise<number> {
  const [slug] = effective.positionals;
  const api = await AdminApi.find(effective.settings.data);
  if (!api)
    throw new RoomcastError(
      'not-found',
      `No server runs on ${effective.settings.data}; a link opens only with it. Start it, or give its folder with --data.`,
    );
  const { url } = await api.call<{ url: string }>('POST', 'link', slug === undefined ? {} : { slug });
  stdout.write(`${url}\n`);
  return 0;
}

/** `roomcast room [list] [--json]` */
export async function room(context: CommandContext): Promise<number> {
  const { effective, stdout } = context;
  const [action = 'list'] = effective.positionals;
  if (action !== 'list') throw new WrongUsage(`“room” has no “${action.slice(0, 40)}”. Usage: roomcast room list`);
  const rooms = await beside(context, {
    api: async (api) => (await api.call<{ rooms: Room[] }>('GET', 'rooms')).rooms,
    store: async (store) =>
      (await openRooms(context, store)).list().map(({ slug, title }) => ({ slug, title, state: 'idle', viewers: 0 })),
  });
  if (effective.flags.has('json')) stdout.write(`${JSON.stringify({ rooms }, undefined, 2)}\n`);
  else for (const { slug, title, state, viewers } of rooms) stdout.write(`${slug}\t${state}\t${viewers}\t${title}\n`);
  return 0;
}

/** `roomcast token [--scope admin]`, `roomcast token --list`, `roomcast token --revoke ID` */
export async function token(context: CommandContext): Promise<number> {
  const { effective, stdout } = context;
  const { flags } = effective;
  if ([...flags.keys()].filter((name) => ['scope', 'list', 'revoke'].includes(name)).length > 1)
    throw new WrongUsage('“token” takes one of --scope, --list and --revoke.');
  if (flags.has('list')) return listTokens(context);
  const id = flags.get('revoke');
  if (id !== undefined) return revokeToken(context, String(id));
  const scope = effective.flags.get('scope') ?? 'admin';
  if (scope !== 'admin') throw new WrongUsage('--scope takes “admin” only.');
  const made = await beside(context, {
    api: async (api) => (await api.call<{ token: string }>('POST', 'tokens', { scope })).token,
    store: async (store) => (await openAccess(store)).createToken(scope),
  });
  stdout.write(`${made}\n`);
  return 0;
}

async function listTokens(context: CommandContext): Promise<number> {
  const tokens = await beside(context, {
    api: async (api) => (await api.call<{ tokens: TokenRecord[] }>('GET', 'tokens')).tokens,
    store: async (store) => (await openAccess(store)).tokens(),
  });
  for (const { id, scope, created, lastUsed = '-' } of tokens)
    context.stdout.write(`${id}\t${scope}\t${created}\t${lastUsed}\n`);
  return 0;
}

async function revokeToken(context: CommandContext, id: string): Promise<number> {
  await beside(context, {
    api: (api) => api.call('DELETE', `tokens/${encodeURIComponent(id)}`),
    async store(store) {
      if (!(await (await openAccess(store)).revokeToken(id))) throw new NotFound('There is no such token.');
    },
  });
  context.stderr.write(`The token ${id} is worth nothing any more.\n`);
  return 0;
}

interface Ways<Result> {
  api: (api: AdminApi) => Promise<Result>;
  store: (store: Store) => Promise<Result>;
}

async function beside<Result>({ effective, stderr }: CommandContext, ways: Ways<Result>): Promise<Result> {
  const folder = effective.settings.data;
  const api = await AdminApi.find(folder);
  if (api) return ways.api(api);
  const store = await openStore({ folder, migrations: plugins.flatMap((plugin) => plugin.migrations ?? []) });
  stderr.write(`No server runs on ${store.folder}; this comes from its database.\n`);
  try {
    return await ways.store(store);
  } finally {
    await store.close();
  }
}

function openAccess(store: Store): Promise<OwnerAccess> {
  return OwnerAccess.open(store, systemScheduler());
}

function openRooms({ effective }: CommandContext, store: Store): Promise<RoomDirectory> {
  return RoomDirectory.open({ store, settings: effective.settings, now: systemScheduler().wall() });
}
