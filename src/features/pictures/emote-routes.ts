import { NotFound } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import { type Emotes, SERVER } from './emotes.ts';
import { answerWith } from './picture-answer.ts';
import { emoteRule, readPicture } from './picture-rules.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const emote = {
  type: 'object',
  required: ['name', 'url', 'width', 'height'],
  properties: {
    name: { type: 'string', description: 'stands in a text between two colons' },
    url: text,
    width: whole,
    height: whole,
    server: { const: true, description: 'for all rooms' },
  },
};
const emotesSchema = {
  type: 'object',
  required: ['emotes'],
  properties: { emotes: { type: 'array', items: emote } },
};

/** Where the emotes of the server are. */
export const SERVER_EMOTES = '/files/emotes';

/** Where the emotes of a room are. */
export function emotesAt(slug: string): string {
  return `/files/rooms/${slug}/emotes`;
}

/** The rows of the API that are about emotes, and the addresses of their pictures. `changed`: of a room, or of all. */
export function emoteRoutes({ services }: App, emotes: Emotes, changed: (slug: string | undefined) => void): Route[] {
  const idOf = (params: unknown): { slug: string; id: string } => {
    const { slug } = params as { slug: string };
    const id = services.rooms.idOf(slug);
    if (id === undefined) throw new NotFound('There is no such room.');
    return { slug, id };
  };
  const nameOf = (params: unknown): string => (params as { name: string }).name;
  const set = (room: string, params: unknown, body: unknown, { identity }: Caller): Promise<void> =>
    emotes.set(room, nameOf(params), { picture: readPicture(body, emoteRule), by: identity!.id });

  return [
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/emotes',
      access: 'anyone',
      summary: 'What can be written as “:name:” in the chat of a room: its own, and those of the server.',
      schema: { response: { 200: emotesSchema } },
      handle(request, _reply, caller) {
        const { slug } = idOf(request.params);
        services.rooms.checkEntry(slug, caller);
        return { emotes: services.pictures!.emotesOf(slug) };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/emotes/:name',
      access: 'moderator',
      summary:
        'Adds an emote to a room, in place of one of that name: the bytes of a PNG, WebP or GIF of at most 256 KiB and 512 pixels a side.',
      takes: emoteRule.takes,
      schema: { response: { 200: emotesSchema } },
      async handle(request, _reply, caller) {
        const { slug, id } = idOf(request.params);
        await set(id, request.params, request.body, caller);
        changed(slug);
        return { emotes: services.pictures!.emotesOf(slug) };
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/emotes/:name',
      access: 'moderator',
      summary: 'Takes an emote of a room away.',
      async handle(request) {
        const { slug, id } = idOf(request.params);
        await emotes.remove(id, nameOf(request.params));
        changed(slug);
      },
    },
    {
      method: 'GET',
      url: '/api/v1/emotes',
      access: 'anyone',
      summary: 'The emotes of the server, which are for all rooms.',
      schema: { response: { 200: emotesSchema } },
      handle: () => ({ emotes: emotes.list(SERVER, SERVER_EMOTES) }),
    },
    {
      method: 'POST',
      url: '/api/v1/emotes/:name',
      access: 'admin',
      summary: 'Adds an emote for all rooms, as for one room.',
      takes: emoteRule.takes,
      schema: { response: { 200: emotesSchema } },
      async handle(request, _reply, caller) {
        await set(SERVER, request.params, request.body, caller);
        changed(undefined);
        return { emotes: emotes.list(SERVER, SERVER_EMOTES) };
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/emotes/:name',
      access: 'admin',
      summary: 'Takes an emote of the server away.',
      async handle(request) {
        await emotes.remove(SERVER, nameOf(request.params));
        changed(undefined);
      },
    },
    {
      method: 'GET',
      url: `${SERVER_EMOTES}/:name/:hash`,
      access: 'anyone',
      summary: 'The picture of an emote of the server.',
      handle: async (request, reply) =>
        answerWith(reply, await emotes.picture(SERVER, request.params as { name: string; hash: string }), {
          keep: 'everyone',
        }),
    },
    {
      method: 'GET',
      url: `${emotesAt(':slug')}/:name/:hash`,
      access: 'anyone',
      summary: 'The picture of an emote of a room, for those who may enter it.',
      async handle(request, reply, caller) {
        const { slug, id } = idOf(request.params);
        services.rooms.checkEntry(slug, caller);
        const isOpen = services.rooms.room(slug, caller)?.watch === 'everyone';
        const picture = await emotes.picture(id, request.params as { name: string; hash: string });
        return answerWith(reply, picture, { keep: isOpen ? 'everyone' : 'browser' });
      },
    },
  ];
}
