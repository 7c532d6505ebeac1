import { fileURLToPath } from 'node:url';
import type { App, Plugin, Running } from '../../plugin.ts';
import { pageRoutes } from './page-routes.ts';
import { readSite } from './site.ts';

/** Where the build of the page is: as far away from the sources as from what is built of them. */
const SITE = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Serves the pages: `/`, `/SLUG`, `/embed/SLUG` and what they load. */
export const pages: Plugin = {
  name: 'pages',
  async start(app: App): Promise<Running> {
    const site = readSite(SITE);
    if (site.size === 0) app.log.warn({}, 'the page is not built; “npm start” builds it');
    for (const route of pageRoutes(app, site)) app.http.route(route);
    return { async close() {} };
  },
};
