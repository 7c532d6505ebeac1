import type { RoomKey } from '../../client/messages.ts';
import { NotFound } from '../../errors.ts';
import type { Caller, Route } from '../../io/http.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { App } from '../../plugin.ts';
import type { RoomControl } from './room-control.ts';
import type { RoomDirectory, RoomRecord } from './room-directory.ts';
import { roomInfo } from './room-info.ts';
import { keySchema, roomBody, roomSchema, roomsSchema } from './room-schemas.ts';
import { publishServer, publishUrl } from './publish-address.ts';

/** The rows of the API that are about rooms. */
export function roomRoutes(app: App, rooms: RoomDirectory, control: RoomControl): Route[] {
  const { hub, http, settings, services } = app;

  const find = (params: unknown): RoomRecord => {
    const room = rooms.find((params as { slug: string }).slug);
    if (!room) throw new NotFound('There is no such room.');
    return room;
  };
  const info = (room: RoomRecord, caller: Caller): ReturnType<typeof roomInfo> => roomInfo(room, hub, caller.identity);
  const keyOf = (room: RoomRecord, key: string, host: string | undefined): RoomKey => {
    const port = services.rtmp?.port ?? settings.rtmp.port;
    const server = publishServer({ publicRtmp: settings.publicRtmp, host, port });
    return {
      key,
      server,
      publishUrl: publishUrl(server, room.slug, key),
      declared: settings.rooms[room.slug]?.key !== undefined,
    };
  };

  return [
    {
      method: 'GET',
      url: '/api/v1/rooms',
      access: 'anyone',
      summary: 'All rooms, those with the most viewers first.',
      schema: { response: { 200: roomsSchema } },
      handle: (_request, _reply, caller) => ({
        rooms: rooms
          .list()
          .map((room) => info(room, caller))
          .sort((a, b) => b.viewers - a.viewers),
      }),
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug',
      access: 'anyone',
      summary: 'One room: title, state, viewers, tracks, and the role of the one who asks.',
      schema: { response: { 200: roomSchema } },
      handle: (request, _reply, caller) => info(find(request.params), caller),
    },
    {
      method: 'PATCH',
      url: '/api/v1/rooms/:slug',
      access: 'owner',
      summary: 'Gives a room another title, unless the configuration file declares it.',
      schema: { body: roomBody, response: { 200: roomSchema } },
      async handle(request, _reply, caller) {
        const { title } = request.body as { title: string };
        return info(await rooms.setTitle(find(request.params).slug, title), caller);
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/key',
      access: 'owner',
      summary: 'The publish key and the addresses to publish to.',
      schema: { response: { 200: keySchema } },
      async handle(request) {
        const room = find(request.params);
        return keyOf(room, await rooms.key(room.slug), http.hostOf(request.raw));
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/key',
      access: 'owner',
      summary: 'Makes a new publish key; a publisher with the old one is cut off.',
      schema: { response: { 200: keySchema } },
      async handle(request) {
        const room = find(request.params);
        return keyOf(room, await control.replaceKey(room.slug), http.hostOf(request.raw));
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/end',
      access: 'owner',
      summary: 'Ends the broadcast at once.',
      handle(request, reply) {
        control.end(pathOfSlug(find(request.params).slug));
        void reply.code(204).send();
        return reply;
      },
    },
  ];
}
