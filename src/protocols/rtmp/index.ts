import type { App, Plugin, Running } from '../../plugin.ts';
import { RtmpServer } from './server.ts';

/** RTMP in and out on one port. */
export const rtmp: Plugin = {
  name: 'rtmp',
  async start(app: App): Promise<Running> {
    const server = new RtmpServer(app);
    const { address, port } = await server.listen();
    app.services.rtmp = { port };
    return {
      address: { host: address, port },
      drain: () => server.drain(),
      close: (deadline) => server.close(deadline),
    };
  },
};
