import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import type { Covers } from './covers.ts';
import { answerWith } from './picture-answer.ts';
import { coverRule, readPicture } from './picture-rules.ts';

const coverSchema = { type: 'object', required: ['cover'], properties: { cover: { type: 'string' } } };

/** Where the cover of a room is. */
export function coverAt(slug: string, hash: string): string {
  return `/files/rooms/${slug}/cover/${hash}`;
}

/** The rows of the API that are about covers, and the addresses of their pictures. */
export function coverRoutes({ services }: App, covers: Covers): Route[] {
  const roomOf = (params: unknown): { slug: string; id: string } => {
    const { slug } = params as { slug: string };
    const id = services.rooms.idOf(slug);
    if (id === undefined) throw new NotFound('There is no such room.');
    return { slug, id };
  };
  return [
    {
      method: 'PUT',
      url: '/api/v1/rooms/:slug/cover',
      access: 'owner',
      summary:
        'The picture that a room is shown by: the bytes of a JPEG, PNG or WebP of at most 2 MiB and 4096 pixels a side.',
      takes: coverRule.takes,
      schema: { response: { 200: coverSchema } },
      async handle(request, _reply, { identity }) {
        const { slug, id } = roomOf(request.params);
        await covers.set(id, { picture: readPicture(request.body, coverRule), by: identity!.id });
        services.rooms.describe(slug);
        return { cover: services.pictures!.coverOf(slug) };
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/cover',
      access: 'owner',
      summary: 'Takes the cover of a room away.',
      async handle(request) {
        const { slug, id } = roomOf(request.params);
        await covers.remove(id);
        services.rooms.describe(slug);
      },
    },
    {
      method: 'GET',
      url: coverAt(':slug', ':hash'),
      access: 'anyone',
      // As its title and description, it is what is said of a room to those, too, who may not enter it.
      summary: 'The cover of a room.',
      handle: async (request, reply) =>
        answerWith(reply, await covers.picture(roomOf(request.params).id, (request.params as { hash: string }).hash), {
          keep: 'everyone',
        }),
    },
  ];
}
