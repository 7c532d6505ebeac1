import { FlvMuxer } from '../../containers/flv/flv-muxer.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { flvOverHttp } from './http.ts';
import { flvOverSocket } from './socket.ts';

/** Answers `/PATH.flv`: endless FLV over HTTP and over WebSocket, from one shared feed. */
export const httpFlv: Plugin = {
  name: 'http-flv',
  async start(app: App): Promise<Running> {
    const muxer = (): FlvMuxer => new FlvMuxer();
    const match = (pathname: string): string | undefined => /^\/(.+)\.flv$/.exec(pathname)?.[1];
    app.http.media.push({ url: '/PATH.flv', match, handle: flvOverHttp(app, muxer) });
    app.http.sockets.push({ url: '/PATH.flv', match, upgrade: flvOverSocket(app, muxer) });
    return { close: async () => {} };
  },
};
