import type { App, Plugin, Running } from '../../plugin.ts';
import { createPictures } from './0009-pictures.ts';
import { coverAt, coverRoutes } from './cover-routes.ts';
import { Covers } from './covers.ts';
import { emoteRoutes, emotesAt, SERVER_EMOTES } from './emote-routes.ts';
import { Emotes, SERVER } from './emotes.ts';
import { PictureCache } from './picture-cache.ts';

/** Pictures that people give: emotes of rooms and of the server, and covers of rooms. */
export const pictures: Plugin = {
  name: 'pictures',
  migrations: [createPictures],
  async start(app: App): Promise<Running> {
    const { http, scheduler, services, store } = app;
    const sources = { store, scheduler, cache: new PictureCache() };
    const [emotes, covers] = [await Emotes.open(sources), await Covers.open(sources)];
    services.pictures = {
      emotesOf(slug) {
        const id = services.rooms.idOf(slug);
        const own = id === undefined ? [] : emotes.list(id, emotesAt(slug));
        const names = new Set(own.map(({ name }) => name));
        return [...own, ...emotes.list(SERVER, SERVER_EMOTES).filter(({ name }) => !names.has(name))];
      },
      coverOf(slug) {
        const id = services.rooms.idOf(slug);
        const hash = id === undefined ? undefined : covers.hashOf(id);
        return hash === undefined ? undefined : coverAt(slug, hash);
      },
    };
    /** Those who are in the chat of a room, or of all, are told. */
    const changed = (only: string | undefined): void => {
      for (const slug of only === undefined ? services.sockets.slugs() : [only])
        services.sockets.push(slug, 'chat', { type: 'chat', emotes: services.pictures!.emotesOf(slug) });
    };
    for (const route of [...emoteRoutes(app, emotes, changed), ...coverRoutes(app, covers)]) http.route(route);
    return { async close() {} };
  },
};
