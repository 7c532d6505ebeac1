import { RoomcastError } from '../errors.ts';
import { AdminApi } from './admin-api.ts';
import type { CommandContext } from './command-context.ts';

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
