import { pathOfSlug, reservedSlugs } from '../../live/path.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { type Format, formats, mp4 } from './formats.ts';
import { playOverHttp } from './http.ts';
import { addMediaCommands } from './room-commands.ts';
import { playOverSocket } from './socket.ts';

/** What is in a folder of segments: five names at least, which is more than a path has. */
const IN_HLS = /\/hls\/[^/]+\/[^/]+\/[^/]+$/;

/**
 * Answers `/PATH.flv`, `/PATH.ts` and `/PATH.mp4`: a stream without an end in that container, over HTTP and over
 * WebSocket, from one shared feed each; and `/stream`, the default room as MP4.
 */
export const httpLive: Plugin = {
  name: 'http-live',
  async start(app: App): Promise<Running> {
    for (const format of formats) {
      const url = `/PATH${format.suffix}`;
      const match = (pathname: string): string | undefined => pathIn(pathname, format);
      app.http.media.push({ url, match, handle: playOverHttp(app, format) });
      if (format.socket === undefined) continue;
      app.http.sockets.push({ url, match, upgrade: playOverSocket(app, { ...format, protocol: format.socket }) });
    }
    const room = pathOfSlug(app.settings.defaultRoom);
    const match = (pathname: string): string | undefined => (pathname === '/stream' ? room : undefined);
    app.http.media.push({ url: '/stream', match, handle: playOverHttp(app, mp4) });
    const stop = addMediaCommands(app);
    return { close: async () => stop() };
  },
};

/** The path that an address names. Below reserved names, and in the folders of HLS, addresses belong to others. */
function pathIn(pathname: string, { suffix }: Format): string | undefined {
  if (!pathname.endsWith(suffix) || IN_HLS.test(pathname)) return undefined;
  const path = pathname.slice(1, -suffix.length);
  const [first = ''] = path.split('/');
  return path === '' || (first !== 'live' && reservedSlugs.has(first)) ? undefined : path;
}
