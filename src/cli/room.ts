import type { Room } from '../client/messages.ts';
import { WrongUsage } from '../config/load.ts';
import { beside, openRooms } from './beside.ts';
import type { CommandContext } from './command-context.ts';

const USAGE = 'Usage: roomcast room [list | create SLUG | rename SLUG NEW | archive SLUG | unarchive SLUG]';
/** How many words each action takes behind it. */
const TAKES: Readonly<Record<string, number>> = { list: 0, create: 1, rename: 2, archive: 1, unarchive: 1 };

type Line = Pick<Room, 'slug' | 'title' | 'state' | 'viewers'>;

/** `roomcast room …` */
export async function room(context: CommandContext): Promise<number> {
  const { effective, stdout } = context;
  const [action = 'list', slug = '', next = ''] = effective.positionals;
  if (!Object.hasOwn(TAKES, action)) throw new WrongUsage(`“room” has no “${action.slice(0, 40)}”. ${USAGE}`);
  if (Math.max(0, effective.positionals.length - 1) !== TAKES[action]) throw new WrongUsage(USAGE);
  const title = effective.flags.get('title');
  if (title !== undefined && action !== 'create') throw new WrongUsage('--title belongs to “room create”.');
  const rooms =
    action === 'list'
      ? await list(context)
      : [await change(context, { action, slug, next, title: title as string | undefined })];
  if (effective.flags.has('json')) stdout.write(`${JSON.stringify({ rooms }, undefined, 2)}\n`);
  else
    for (const { slug: name, title: words, state, viewers } of rooms)
      stdout.write(`${name}\t${state}\t${viewers}\t${words}\n`);
  return 0;
}

function list(context: CommandContext): Promise<Line[]> {
  return beside(context, {
    api: async (api) => (await api.call<{ rooms: Room[] }>('GET', 'rooms')).rooms,
    store: async (store) => (await openRooms(context, store)).list().map(lineOf),
  });
}

function change(
  context: CommandContext,
  { action, slug, next, title }: { action: string; slug: string; next: string; title: string | undefined },
): Promise<Line> {
  const said = title === undefined ? {} : { title };
  return beside(context, {
    api: (api) =>
      action === 'create'
        ? api.call<Room>('POST', 'rooms', { slug, ...said })
        : api.call<Room>(
            'POST',
            `rooms/${encodeURIComponent(slug)}/${action}`,
            action === 'rename' ? { slug: next } : undefined,
          ),
    async store(store) {
      const rooms = await openRooms(context, store);
      if (action === 'create') return lineOf(await rooms.create({ slug, ...said }));
      if (action === 'rename') return lineOf(await rooms.rename(slug, next));
      return lineOf(await rooms.archive(slug, action === 'archive'));
    },
  });
}

/** Without a server nothing is live. */
function lineOf({ slug, title }: Pick<Room, 'slug' | 'title'>): Line {
  return { slug, title, state: 'idle', viewers: 0 };
}
