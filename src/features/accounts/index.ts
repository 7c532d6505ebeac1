import { isIPv6 } from 'node:net';
import { Events } from '../../live/events.ts';
import { SECOND } from '../../media/time.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { createOwner } from './0002-owner.ts';
import { createAccounts } from './0004-accounts.ts';
import { AccountDirectory } from './account-directory.ts';
import { keyOf } from './account-name.ts';
import type { AccountParts } from './account-parts.ts';
import { writeAdminFile } from './admin-file.ts';
import { Attempts } from './attempts.ts';
import { cookie, cookieOf } from './cookie.ts';
import { GuestPasses } from './guest-passes.ts';
import { Identities, identityOf } from './identities.ts';
import { KnownBrowsers } from './known-browsers.ts';
import { linkRoutes } from './link-routes.ts';
import { meRoutes } from './me-routes.ts';
import { OneTimeLinks } from './one-time-links.ts';
import { ownBaseUrl } from './own-base-url.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { SignIns } from './sign-ins.ts';
import { tokenRoutes } from './token-routes.ts';
import { Tokens } from './tokens.ts';
import { userRoutes } from './user-routes.ts';
import { verifyAttempt } from './verify-attempt.ts';

/** An owner's link that nobody opens ends after a day. */
const CLAIM_LIFE = 24 * 3600 * SECOND;
/** A link for another password is asked for when it is needed (OWASP ASVS 6.4.4). */
const RESET_LIFE = 15 * 60 * SECOND;
/** How often is looked whether somebody's proof has ended by itself: what it opened is closed within two seconds. */
const SWEEP = SECOND;

/** Who people are: accounts, sign-ins, guests, bearer tokens, and the link that makes a browser the owner's. */
export const accounts: Plugin = {
  name: 'accounts',
  migrations: [createOwner, createAccounts],
  async start(app: App): Promise<Running> {
    const { http, services, settings, store, log } = app;
    const events = new Events<{ changed: undefined }>((error) =>
      log.error({ err: error }, 'a listener of changed accounts failed'),
    );
    let base = '';
    const parts = await openParts(app, { base: () => base, changed: () => events.emit('changed', undefined) });
    const { accounts: directory, claims, guests, identities, signIns, tokens } = parts;
    http.recentBy(({ credentials }) => {
      const value = credentials.cookie === undefined ? undefined : cookieOf(credentials.cookie);
      return value !== undefined && signIns.isRecent(value);
    });
    http.identifyBy((credentials) => identities.identify(credentials));
    const report = (error: unknown): void => log.error({ err: error }, 'a program could not be signed out');
    services.accounts = {
      get claimed() {
        return directory.admin !== undefined;
      },
      linkTo: (slug) => `${base}/${slug}#owner=${claims.create('admin')}`,
      onChange: (listener) => events.on('changed', listener),
      get base() {
        return base;
      },
      find: (id) => directory.find(id),
      named: (name) => directory.named(name),
      guest: (name, id) => guests.create(directory.freeName(name), id),
      async signIn({ name, password, remote, agent }) {
        const attempt = { address: remote.address, name: keyOf(name), known: false };
        const account = await verifyAttempt({ ...parts, log }, { attempt, name, password, protocol: agent });
        const value = parts.signIns.createPassing(account.id, agent);
        return {
          identity: identityOf(account),
          credentials: { cookie: cookie(value, { secure: false }).split(';')[0]! },
          end: () => void parts.signIns.end(account.id, parts.signIns.idOf(value)).catch(report),
        };
      },
      newGuest({ secure }) {
        const { guest, pass } = guests.create(undefined);
        return { guest, cookie: cookie(pass, { secure }) };
      },
    };
    const routes = [linkRoutes(app, parts), signInRoutes(app, parts), meRoutes(app, parts)];
    for (const route of [...routes, userRoutes(parts), tokenRoutes(app, parts)].flat()) http.route(route);
    let removeFile = (): void => {};
    const stopSweep = app.scheduler.every(SWEEP, () => {
      const ended = [signIns.hasOneEnded(), tokens.hasOneEnded()];
      if (ended.includes(true)) events.emit('changed', undefined);
    });
    return {
      listening({ http: { host, port }, https }) {
        const { publicUrl, tls } = settings;
        const [domain] = tls.acme.domains;
        const secure = https && { ...settings.https, ...(domain !== undefined && { host: domain }), port: https.port };
        const open = secure ?? { ...settings.http, port };
        base = ownBaseUrl({ publicUrl, http: open, secure: https !== undefined });
        const url = `http://${reachable(host)}:${port}`;
        try {
          removeFile = writeAdminFile(store.folder, { url, token: tokens.createPassing(), pid: process.pid });
        } catch (error) {
          log.warn({ err: error }, 'commands beside this server will not find it: admin.json cannot be written');
        }
      },
      async close() {
        removeFile();
        stopSweep();
        await signIns.close();
      },
    };
  },
};

async function openParts(
  { scheduler, store }: App,
  { base, changed }: Pick<AccountParts, 'base' | 'changed'>,
): Promise<AccountParts> {
  const directory = await AccountDirectory.open(store, scheduler);
  const signIns = await SignIns.open(store, scheduler);
  const tokens = await Tokens.open(store, scheduler);
  const guests = new GuestPasses((text) => store.seal.mac(text, 'guest passes'), scheduler);
  return {
    accounts: directory,
    signIns,
    tokens,
    guests,
    identities: new Identities({ accounts: directory, signIns, tokens, guests }),
    attempts: new Attempts(scheduler),
    known: new KnownBrowsers((text) => store.seal.mac(text, 'known browsers')),
    claims: new OneTimeLinks(scheduler, CLAIM_LIFE),
    resets: new OneTimeLinks(scheduler, RESET_LIFE),
    base,
    changed,
  };
}

/** How this machine reaches what listens on all of its addresses. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
