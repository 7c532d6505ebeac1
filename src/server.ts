import type { AddressInfo } from 'node:net';
import { type Options, originsOf, type Settings, settingsOf } from './config/settings.ts';
import { tlsSource } from './config/tls.ts';
import { NotFound, RoomcastError } from './errors.ts';
import { CalmLog } from './io/calm-log.ts';
import { descriptorLimit } from './io/descriptors.ts';
import { Http } from './io/http.ts';
import { ListenError } from './io/listen.ts';
import { followLoad } from './io/load.ts';
import { proxiesOf } from './io/request.ts';
import { systemScheduler } from './io/scheduler.ts';
import { Seats } from './io/seats.ts';
import type { Certificates } from './io/tls/certificates.ts';
import type { Tls } from './io/tls/tls.ts';
import { Hub } from './live/hub.ts';
import { MergeWindow } from './live/merge.ts';
import type { Scheduler } from './live/scheduler.ts';
import { type Logger, silent } from './log.ts';
import { SECOND } from './media/time.ts';
import type { App, Plugin, Running, Services } from './plugin.ts';
import { plugins as allPlugins } from './plugins.ts';
import { openStore } from './store/store.ts';

/** What a program may hand in beside the options. */
export interface Environment {
  /** Default: silent. */
  logger?: Logger;
  /** Default: the real clock. */
  scheduler?: Scheduler;
  /** What the server is made of, in the order in which it starts. Default: everything. */
  plugins?: readonly Plugin[];
  /** Where each option was set, by its full name, in words, for the owner to read. Default: by the program. */
  origins?: ReadonlyMap<string, string>;
}

/** A running server. Two of them in one process share nothing. */
export interface Server {
  readonly settings: Settings;
  /** Publish frames of your own (`hub.publish`), watch (`hub.play`), listen (`hub.events`), kick. */
  readonly hub: Hub;
  /** Where it listens. */
  readonly http: Listening;
  readonly rtmp: Listening;
  /** The same over TLS; undefined where that is off. */
  readonly https: Listening | undefined;
  readonly rtmps: Listening | undefined;
  /** The gateway of IRC, plain and over TLS; undefined where it is off. */
  readonly irc: Listening | undefined;
  readonly ircs: Listening | undefined;
  /** True once somebody has opened the owner's link. */
  readonly claimed: boolean;
  /** A fresh link that opens a room's page as its owner; works once. Default: the default room. Throws `not-found`. */
  link(slug?: string): string;
  /** Looks at once whether the files of the certificate have changed. What is wrong with them is only logged. */
  reloadCertificate(): Promise<void>;
  /** Ends sessions cleanly within the drain time, then everything else. Rejects, when all is closed, if a part failed. */
  close(): Promise<void>;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
}

/**
 * Starts a server. Throws `bad-config` for options it does not take and certificates it cannot use, `store-newer` or `store-failed` for the data
 * folder, and `port-taken` or `bad-config` for an address that it cannot listen on; what was started by then is closed again.
 */
export async function createServer(options: Options = {}, environment: Environment = {}): Promise<Server> {
  const settings = settingsOf(options);
  const scheduler = environment.scheduler ?? systemScheduler();
  const log = new CalmLog({ log: environment.logger ?? silent, scheduler });
  const plugins = environment.plugins ?? allPlugins;
  const store = await openStore({
    folder: settings.data,
    database: settings.database,
    migrations: plugins.flatMap((plugin) => plugin.migrations ?? []),
    log,
  });
  const certificates = await openTls({ settings, folder: store.folder, scheduler, log }).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  const tls = certificates?.tls;
  const running: { plugin: Plugin; running: Running }[] = [];
  const merge = new MergeWindow(settings.merge);
  const stopLoad = followLoad(merge, scheduler);
  const hub = createHub({ settings, scheduler, merge, log });
  const seats = new Seats({ files: descriptorLimit(), log, scheduler });
  const http = createHttp({ settings, scheduler, seats, log });
  const origins = environment.origins ?? originsOf(options);
  const app: App = { settings, origins, hub, http, store, scheduler, merge, seats, tls, log, services: {} as Services };

  const close = async (): Promise<void> => {
    let cancel = (): void => {};
    const deadline = new Promise<void>((resolve) => (cancel = scheduler.after(settings.drain * SECOND, resolve)));
    http.drain();
    for (const { running: part } of running) part.drain?.();
    hub.close();
    const parts = running.map(async ({ running: part }) => part.close(deadline));
    const ends = await Promise.allSettled([http.close(deadline), ...parts]);
    cancel();
    seats.say();
    stopLoad();
    certificates?.close();
    await store.close();
    log.close();
    // Only now: a part that fails keeps nothing else from being closed, least of all the data folder.
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  };

  try {
    for (const plugin of plugins) running.push({ plugin, running: await plugin.start(app) });
    const web = listening(await http.listen());
    const secure = tls && (await listenSecurely(app, tls));
    for (const { running: part } of running) part.listening?.({ http: web, https: secure });
    return serverOf({ app, running, web, secure, certificates, close: once(close) });
  } catch (error) {
    // What failed first is why it did not start; what then does not close adds nothing to it.
    await close().catch(() => {});
    throw error;
  }
}

interface Parts {
  app: App;
  running: readonly { plugin: Plugin; running: Running }[];
  web: Listening;
  secure: Listening | undefined;
  certificates: Certificates | undefined;
  close: () => Promise<void>;
}

function serverOf({ app, running, web, secure, certificates, close }: Parts): Server {
  const { settings, services } = app;
  const partOf = (name: string): Running | undefined => running.find(({ plugin }) => plugin.name === name)?.running;
  const [rtmp, irc] = [partOf('rtmp'), partOf('irc')];
  return {
    settings,
    hub: app.hub,
    http: web,
    rtmp: rtmp?.address ?? { host: '', port: 0 },
    https: secure,
    rtmps: rtmp?.secureAddress,
    irc: irc?.address,
    ircs: irc?.secureAddress,
    get claimed() {
      return services.accounts.claimed;
    },
    link(slug = settings.defaultRoom) {
      if (!services.rooms.has(slug)) throw new NotFound('There is no such room.');
      return services.accounts.linkTo(slug);
    },
    async reloadCertificate() {
      await certificates?.reload();
    },
    close,
  };
}

function createHub(options: { settings: Settings; scheduler: Scheduler; merge: MergeWindow; log: Logger }): Hub {
  const { settings, scheduler, merge, log } = options;
  return new Hub({
    scheduler,
    merge,
    gop: {
      duration: settings.gopCache * SECOND,
      bytes: settings.limits.gopBytes,
      segment: settings.hls.segment * SECOND,
    },
    viewerQueue: settings.viewerQueue,
    grace: settings.grace * SECOND,
    kickTime: settings.kickTime * SECOND,
    maxSessions: settings.limits.sessions,
    failed: (error) => log.error({ err: error }, 'a listener of an event failed'),
  });
}

/** Authorities and visitors come to the port of https: who cannot have it is told what to do instead of being served without. */
async function listenSecurely({ http, settings }: App, tls: Tls): Promise<Listening | undefined> {
  if (!settings.https) return undefined;
  try {
    return listening(await http.listenSecurely(tls, settings.https));
  } catch (error) {
    if (tlsSource(settings.tls) !== 'acme' || !(error instanceof ListenError)) throw error;
    const { portAdvice } = await import('./features/acme/port-advice.ts');
    throw new RoomcastError(error.code, portAdvice(error, '--https ADDR:PORT'), { cause: error });
  }
}

/** Loads what does TLS, where it is on. */
async function openTls(options: {
  settings: Settings;
  folder: string;
  scheduler: Scheduler;
  log: Logger;
}): Promise<Certificates | undefined> {
  const { settings, ...rest } = options;
  const { cert, key } = settings.tls;
  const source = tlsSource(settings.tls);
  if (source === undefined) return undefined;
  const { openCertificates } = await import('./io/tls/certificates.ts');
  const names = settings.publicUrl ? [new URL(settings.publicUrl).hostname.replaceAll(/[[\]]/g, '')] : [];
  return openCertificates({ ...rest, source, names, files: cert && key ? { cert, key } : undefined });
}

function createHttp(options: { settings: Settings; scheduler: Scheduler; seats: Seats; log: Logger }): Http {
  const { settings, scheduler, seats, log } = options;
  const { limits } = settings;
  return new Http({
    address: settings.http,
    log,
    scheduler,
    proxies: proxiesOf(settings.trustedProxies),
    seats,
    ownOrigins: settings.publicUrl ? [new URL(settings.publicUrl).origin] : [],
    maxConnections: limits.connections,
    pendingPerAddress: limits.pendingPerAddress,
    callsPerAddress: limits.callsPerAddress,
    maxHeaderBytes: limits.httpHeader,
    maxBodyBytes: limits.httpBody,
    maxBodyDepth: limits.httpBodyDepth,
    headerTimeMs: limits.httpHeaderTime * 1000,
    bodyTimeMs: limits.httpBodyTime * 1000,
    handshakeMs: limits.handshakeTime * 1000,
    publicUrl: settings.publicUrl,
    redirect: settings.tls.redirect,
  });
}

function listening(address: AddressInfo): Listening {
  return { host: address.address, port: address.port };
}

function once(run: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= run());
}
