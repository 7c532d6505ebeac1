import type { App, Plugin, Running } from '../../plugin.ts';

/** Rooms as channels of IRC, for text clients; off unless it is told where to listen. */
export const irc: Plugin = {
  name: 'irc',
  async start(app: App): Promise<Running> {
    const { irc: address, ircs } = app.settings;
    if (!address && !ircs) return { async close() {} };
    const { IrcServer } = await import('./server.ts');
    const server = new IrcServer(app);
    const plain = address && (await server.listen(address));
    const secure = await server.listenSecurely();
    return {
      address: plain && { host: plain.address, port: plain.port },
      secureAddress: secure && { host: secure.address, port: secure.port },
      drain: () => server.drain(),
      close: (deadline) => server.close(deadline),
    };
  },
};
