import type { App, Plugin, Running } from '../../plugin.ts';
import { RtmpServer } from './server.ts';

/** RTMP in and out on one port, and on another over TLS. */
export const rtmp: Plugin = {
  name: 'rtmp',
  async start(app: App): Promise<Running> {
    const server = new RtmpServer(app);
    const { address, port } = await server.listen();
    const secure = await server.listenSecurely();
    app.services.rtmp = { port };
    return {
      address: { host: address, port },
      secureAddress: secure && { host: secure.address, port: secure.port },
      drain: () => server.drain(),
      close: (deadline) => server.close(deadline),
    };
  },
};
