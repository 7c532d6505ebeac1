import { NotFound } from '../errors.ts';
import { beside, openRooms } from './beside.ts';
import type { CommandContext } from './command-context.ts';

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
      const room = rooms.find(slug);
      if (!room) throw new NotFound('There is no such room.');
      const main = rooms.keys.main(room);
      return rooms.keys.text(room, (renew ? await rooms.keys.replace(room, main.id) : main).id);
    },
  });
  stdout.write(`${found}\n`);
  return 0;
}
