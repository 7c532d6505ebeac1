import { isIPv6 } from 'node:net';
import { ownBaseUrl } from '../../io/interfaces.ts';
import { Events } from '../../live/events.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { createOwner } from './0002-owner.ts';
import { writeAdminFile } from './admin-file.ts';
import { OwnerAccess } from './owner-access.ts';
import { ownerRoutes } from './owner-routes.ts';

export { OwnerAccess, type TokenRecord } from './owner-access.ts';
export { ADMIN_FILE, type AdminFile } from './admin-file.ts';

/** The owner: the link that makes a browser the owner's, bearer tokens, and the file for commands beside the server. */
export const owner: Plugin = {
  name: 'owner',
  migrations: [createOwner],
  async start(app: App): Promise<Running> {
    const { http, scheduler, services, settings, store, log } = app;
    const access = await OwnerAccess.open(store, scheduler);
    http.identifyBy((credentials) => access.identify(credentials));
    let base = '';
    const linkTo = (slug: string): string => `${base}/${slug}#owner=${access.links.create()}`;
    const events = new Events<{ revoked: undefined }>((error) =>
      log.error({ err: error }, 'a listener of revoked tokens failed'),
    );
    services.owner = {
      get claimed() {
        return access.claimed;
      },
      linkTo,
      onRevoked: (listener) => events.on('revoked', listener),
    };
    const revoked = (): void => events.emit('revoked', undefined);
    for (const route of ownerRoutes(app, { access, linkTo, revoked })) http.route(route);
    let removeFile = (): void => {};
    return {
      listening({ http: { host, port }, https }) {
        const { publicUrl, tls } = settings;
        const [domain] = tls.acme.domains;
        const secure = https && { ...settings.https, ...(domain !== undefined && { host: domain }), port: https.port };
        const open = secure ?? { ...settings.http, port };
        base = ownBaseUrl({ publicUrl, http: open, secure: https !== undefined });
        const url = `http://${reachable(host)}:${port}`;
        try {
          removeFile = writeAdminFile(store.folder, { url, token: access.createPassingToken(), pid: process.pid });
        } catch (error) {
          log.warn({ err: error }, 'commands beside this server will not find it: admin.json cannot be written');
        }
      },
      async close() {
        removeFile();
      },
    };
  },
};

/** How this machine reaches what listens on all of its addresses. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
