import { readFile } from 'node:fs/promises';
import type { App, Plugin, Running } from '../../plugin.ts';
import { apiRoutes } from './api-routes.ts';
import { documentRoutes } from './document-routes.ts';
import { LoopDelay } from './loop-delay.ts';
import { serverRoutes } from './server-routes.ts';
import { streamRoutes } from './stream-routes.ts';

/** The package's own description, which is as far away from the sources as from what is built of them. */
const PACKAGE = new URL('../../../package.json', import.meta.url);

/** Sessions, streams, the server itself, and the API's description. Other features add their own rows to the route table. */
export const api: Plugin = {
  name: 'api',
  async start(app: App): Promise<Running> {
    const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string };
    const loop = new LoopDelay();
    const facts = { version, startedAt: app.scheduler.wall(), loop };
    const routes = [
      ...apiRoutes(app),
      ...serverRoutes(app, facts),
      ...streamRoutes(app),
      ...documentRoutes(app, version),
    ];
    for (const route of routes) app.http.route(route);
    return {
      async close() {
        loop.close();
      },
    };
  },
};
