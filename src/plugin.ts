import type { Finding, Room, StreamMessage } from './client/messages.ts';
import type { Settings } from './config/settings.ts';
import type { Http } from './io/http.ts';
import type { Seats } from './io/seats.ts';
import type { Tls } from './io/tls/tls.ts';
import type { Identity } from './live/access.ts';
import type { Hub } from './live/hub.ts';
import type { MergeWindow } from './live/merge.ts';
import type { Scheduler } from './live/scheduler.ts';
import type { Logger } from './log.ts';
import type { Migration, Store } from './store/store.ts';

/** What every plugin is handed. Nothing in it is global: two servers in one process have two of everything. */
export interface App {
  readonly settings: Settings;
  readonly hub: Hub;
  readonly http: Http;
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly merge: MergeWindow;
  /** What the process has for connections; a protocol with a listener of its own counts there. */
  readonly seats: Seats;
  /** The identity that secure listeners show; undefined where TLS is off, and nothing listens over it. */
  readonly tls: Tls | undefined;
  readonly log: Logger;
  /** What plugins offer to others and to the server, by name. A plugin adds its own when it starts. */
  readonly services: Services;
}

/** The services that exist; each plugin's types are here so that nobody imports a feature for them. */
export interface Services {
  owner: OwnerService;
  rooms: RoomsService;
  doctor?: DoctorService;
  rtmp?: { readonly port: number };
}

/** The server's owner: who holds the link. */
export interface OwnerService {
  /** True once somebody has opened the link. */
  readonly claimed: boolean;
  /** A link that opens a room's page as its owner; works once and ends after 24 h or with the next start. */
  linkTo(slug: string): string;
  /** Told when a bearer token was made worthless, until the returned function is called: who came by it has to go. */
  onRevoked(listener: () => void): () => void;
}

/** What everyone may know of rooms. */
export interface RoomsService {
  has(slug: string): boolean;
  /** As the one who asks sees it; undefined when there is no such room. */
  room(slug: string, identity: Identity | undefined): Room | undefined;
  /** The state of its stream, as the room's socket says it. */
  stream(slug: string): StreamMessage | undefined;
}

/** What could be better about streams. */
export interface DoctorService {
  /** Of a path, the worst first; empty where all is well or nothing is known. */
  findings(path: string): readonly Finding[];
  /** Tells each path whose findings changed, or `undefined` for all of them, until the returned function is called. */
  onChange(listener: (path: string | undefined) => void): () => void;
}

/** A protocol or a feature: one folder, one line in `plugins.ts`. */
export interface Plugin {
  readonly name: string;
  /** Tables that it owns. */
  readonly migrations?: readonly Migration[];
  start(app: App): Promise<Running>;
}

export interface Running {
  /** Where it listens, for the start line and tests. */
  readonly address?: { readonly host: string; readonly port: number };
  /** The same over TLS, where that is on. */
  readonly secureAddress?: { readonly host: string; readonly port: number } | undefined;
  /** Told once everything listens; `https` where TLS is on. */
  listening?(at: { http: { host: string; port: number }; https?: { host: string; port: number } | undefined }): void;
  /** Stops taking anything new; called before the hub ends the sessions. */
  drain?(): void;
  /** Resolves when all is gone; what is left when `deadline` resolves is cut. */
  close(deadline: Promise<void>): Promise<void>;
}
