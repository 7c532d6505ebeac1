import type { FastifyRequest } from 'fastify';
import type { RoomKey } from '../../client/messages.ts';
import type { Route } from '../../io/http.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { App } from '../../plugin.ts';
import { publishServer, publishUrl } from './publish-address.ts';
import type { KeyRecord } from './room-keys.ts';
import { type RoomParts, roomOf } from './room-parts.ts';
import type { RoomRecord } from './room-record.ts';
import { keyNameBody, keySchema, keysSchema, namedKeySchema } from './room-schemas.ts';

/** The rows of the API that are about the publish keys of a room. */
export function keyRoutes({ http, hub, services, settings }: App, parts: RoomParts): Route[] {
  const { rooms, control } = parts;
  const { keys } = rooms;

  /** What an encoder needs to publish with a key. */
  const forEncoder = async (
    room: RoomRecord,
    { id, declared }: KeyRecord,
    request: FastifyRequest,
  ): Promise<RoomKey> => {
    const key = await keys.text(room, id);
    const port = services.rtmp?.port ?? settings.rtmp.port;
    const server = publishServer({ publicRtmp: settings.publicRtmp, host: http.hostOf(request.raw), port });
    return { key, server, publishUrl: publishUrl(server, room.slug, key), declared };
  };
  const named = async (room: RoomRecord, key: KeyRecord, request: FastifyRequest): Promise<object> => ({
    ...plain(key),
    ...(await forEncoder(room, key, request)),
  });
  const keyOf = (request: FastifyRequest): { room: RoomRecord; id: string } => ({
    room: roomOf(parts, request.params),
    id: (request.params as { id: string }).id,
  });
  const nameOf = (request: FastifyRequest): string => {
    const { room, id } = keyOf(request);
    return keys.get(room, id).name;
  };

  return [
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/key',
      access: 'owner',
      scope: 'manage',
      recent: true,
      summary: 'The main publish key and the addresses to publish to.',
      schema: { response: { 200: keySchema } },
      handle(request) {
        const room = roomOf(parts, request.params);
        return forEncoder(room, keys.main(room), request);
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/key',
      access: 'owner',
      recent: true,
      summary: 'Makes another main key; a publisher with the old one is cut off.',
      schema: { response: { 200: keySchema } },
      async handle(request) {
        const room = roomOf(parts, request.params);
        return forEncoder(room, await control.replaceKey(room, keys.main(room).id), request);
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/keys',
      access: 'owner',
      summary: 'All publish keys of a room by name, without the keys themselves.',
      schema: { response: { 200: keysSchema } },
      handle(request) {
        const room = roomOf(parts, request.params);
        const used = hub.publisher(pathOfSlug(room.slug))?.session.grant.keyId;
        const all = keys.list(room.id);
        return { keys: all.map((key) => ({ ...plain(key), ...(key.id === used ? { live: true } : {}) })) };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/keys',
      access: 'owner',
      recent: true,
      summary: 'Makes one more publish key, for another device or helper.',
      schema: { body: keyNameBody, response: { 200: namedKeySchema } },
      async handle(request) {
        const room = roomOf(parts, request.params);
        return named(room, await keys.create(room, (request.body as { name: string }).name), request);
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/keys/:id',
      access: 'owner',
      scope: 'manage',
      recent: true,
      summary: 'One publish key.',
      schema: { response: { 200: namedKeySchema } },
      handle(request) {
        const { room, id } = keyOf(request);
        return named(room, keys.get(room, id), request);
      },
    },
    {
      method: 'PATCH',
      url: '/api/v1/rooms/:slug/keys/:id',
      access: 'owner',
      recent: true,
      summary: 'Gives a key another name.',
      schema: { body: keyNameBody, response: { 200: namedKeySchema } },
      before: (request) => ({ now: { name: nameOf(request) } }),
      async handle(request) {
        const { room, id } = keyOf(request);
        return named(room, await keys.rename(room, id, (request.body as { name: string }).name), request);
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/keys/:id/replace',
      access: 'owner',
      recent: true,
      summary: 'Makes another key in place of one; a publisher with the old one is cut off.',
      schema: { response: { 200: namedKeySchema } },
      before: (request) => ({ about: { name: nameOf(request) } }),
      async handle(request) {
        const { room, id } = keyOf(request);
        return named(room, await control.replaceKey(room, id), request);
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/keys/:id',
      access: 'owner',
      recent: true,
      summary: 'Takes a key away; a publisher with it is cut off. The main key can only be replaced.',
      before: (request) => ({ about: { name: nameOf(request) } }),
      async handle(request) {
        const { room, id } = keyOf(request);
        await control.revokeKey(room, id);
      },
    },
  ];
}

function plain({ id, name, main, created, lastUsed, declared }: KeyRecord): object {
  return {
    id,
    name,
    main,
    declared,
    ...(created === '' ? {} : { created }),
    ...(lastUsed === undefined ? {} : { lastUsed }),
  };
}
