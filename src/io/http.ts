import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Busy, RoomcastError } from '../errors.ts';
import type { Credentials, Identity, Remote } from '../live/access.ts';
import type { Scheduler } from '../live/scheduler.ts';
import type { Logger } from '../log.ts';
import { BodyCheck } from './http/body-check.ts';
import { CallLimit } from './call-limit.ts';
import { Callers, type Identify } from './http/callers.ts';
import { Connections } from './connections.ts';
import { type HttpRequest, type HttpResponse, writeHead } from './exchange.ts';
import { Failures } from './http/failures.ts';
import { buildFramework, type Framework } from './http/framework.ts';
import { checkHandshake, UPGRADE } from './http/handshake.ts';
import type { Http2Carrier } from './http/http2.ts';
import { opensPage, secureLocation } from './http/https-redirect.ts';
import type { Https } from './http/https.ts';
import { takeBytes } from './http/raw-body.ts';
import { listen } from './listen.ts';
import { ANY_ORIGIN, refuse, refuseOnSocket } from './refusal.ts';
import { originForm, passedPath, pathnameOf, type Proxies } from './request.ts';
import type { Seats } from './seats.ts';
import type { Before, Caller, Change, MediaRoute, RoleOf, Route, SocketRoute } from './routes.ts';
import type { Tls } from './tls/tls.ts';

export type {
  Before,
  Caller,
  Change,
  MediaRoute,
  RawBody,
  Route,
  SocketCommand,
  SocketRoute,
  SocketTopic,
} from './routes.ts';
export { refuseUpgrade } from './refusal.ts';

export interface HttpOptions {
  address: { host?: string | undefined; port: number };
  log: Logger;
  scheduler: Scheduler;
  proxies: Proxies;
  /** What the process has for all connections together. */
  seats: Seats;
  /** Origins that are ours beside the one the request was sent to. */
  ownOrigins: readonly string[];
  maxConnections: number;
  /** Connections of one address that have asked for nothing yet; 0 is no limit. */
  pendingPerAddress: number;
  /** API calls of one address in ten seconds; 0 is no limit. */
  callsPerAddress: number;
  maxHeaderBytes: number;
  maxBodyBytes: number;
  maxBodyDepth: number;
  headerTimeMs: number;
  bodyTimeMs: number;
  /** From connecting to the end of a TLS handshake. */
  handshakeMs: number;
  /** The address for people. */
  publicUrl?: string | undefined;
  /** Browsers that open a page over http are sent to https, where that listens. */
  redirect: boolean;
}

/** What every answer of the framework carries unless the route says otherwise: nothing is kept, sniffed, framed or run. */
const STRICT_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** The one HTTP listener: API and pages by the framework, media and sockets by hand. */
export class Http {
  readonly routes: Route[] = [];
  readonly media: MediaRoute[] = [];
  readonly sockets: SocketRoute[] = [];
  /** The framework, for plugins that serve files. */
  readonly app: FastifyInstance;
  readonly server: Server;
  readonly #options: HttpOptions;
  readonly #who: Callers;
  readonly #failures: Failures;
  readonly #connections: Connections<Duplex>;
  readonly #bodies = new BodyCheck();
  readonly #callers = new WeakMap<FastifyRequest, Caller>();
  readonly #before = new WeakMap<FastifyRequest, Before>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #taken = new WeakSet<Duplex>();
  readonly #handleByFramework: Framework['handle'];
  #https: Https | undefined;
  /** Where https listens. */
  #securePort: number | undefined;
  #closed: Promise<unknown> | undefined;

  constructor(options: HttpOptions) {
    this.#options = options;
    const calls = new CallLimit({ scheduler: options.scheduler, calls: options.callsPerAddress });
    this.#who = new Callers({ ...options, calls });
    this.#failures = new Failures({ ...options, routes: this.routes });
    this.#connections = new Connections({
      ...options,
      protocol: 'http',
      firstMs: options.headerTimeMs,
      late: (socket) => this.#late(socket),
    });
    const { server, app, handle } = buildFramework({
      ...options,
      failures: this.#failures,
      receive: (request, response) => this.#receive(request, response),
      unreadable: (error, socket) => this.#unreadable(error, socket),
    });
    this.server = server;
    this.app = app;
    this.#handleByFramework = handle;
    server.maxConnections = options.maxConnections;
    server.on('connection', (socket) => this.#connections.enter(socket, socket.remoteAddress ?? ''));
    server.on('drop', () => this.#connections.dropped());
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Says how credentials are turned into an identity. */
  identifyBy(identify: Identify): void {
    this.#who.identifyBy = identify;
  }

  /** Says what somebody may do in a room. */
  rolesBy(roleOf: RoleOf): void {
    this.#who.rolesBy = roleOf;
  }

  /** Says whether somebody who comes by a cookie has proven lately who they are. */
  recentBy(isRecent: (caller: Caller) => boolean): void {
    this.#who.recentBy = isRecent;
  }

  /** Throws `confirm` for a cookie whose owner has not proven lately who they are. Tokens are for what they are for. */
  checkRecent(caller: Caller): void {
    this.#who.checkRecent(caller);
  }

  /** Adds a row to the route table. Who calls is found out and admitted before a body is read. */
  route(route: Route): void {
    this.routes.push(route);
    const { takes } = route;
    if (takes) takeBytes(this.app, takes, (app) => this.#add(app, route));
    else this.#add(this.app, route);
  }

  #add(app: FastifyInstance, route: Route): void {
    const { method, url, takes } = route;
    const body = route.schema?.body;
    app.route({
      method,
      url,
      ...(takes ? { bodyLimit: takes.bytes } : {}),
      onRequest: async (request) => {
        const { slug } = request.params as { slug?: string };
        this.#callers.set(request, await this.#who.admit(route, request.raw, slug));
      },
      ...(body ? { preHandler: (request) => this.#bodies.check(body, request.body) } : {}),
      handler: async (request, reply) => {
        const caller = this.#callers.get(request)!;
        if (route.before) this.#before.set(request, await route.before(request, caller));
        const answer = await route.handle(request, reply, caller);
        if (answer === undefined) void reply.code(204);
        return answer;
      },
      ...(method === 'GET'
        ? {}
        : { onResponse: async (request, reply) => this.#changed(route, request, reply.statusCode) }),
    });
  }

  /** Told of each call that has changed something, until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Who calls, for answers outside of the route table. */
  callerOf(request: HttpRequest, options: { strict: boolean }): Promise<Caller> {
    return this.#who.of(request, options);
  }

  /**
   * What a request brought to prove itself: a bearer token, or else the cookie where the request comes from a page of
   * ours, and the pass of its address. `strict`, for sockets and media: only an Origin that says so counts.
   */
  credentialsOf(request: HttpRequest, options: { strict: boolean }): Credentials {
    return this.#who.credentialsOf(request, options);
  }

  remoteOf(request: HttpRequest): Remote {
    return this.#who.remoteOf(request);
  }

  /** The host and port under which the caller knows us; undefined when it does not say. */
  hostOf(request: HttpRequest): string | undefined {
    return this.#who.hostOf(request);
  }

  /** Whether the caller's browser came over TLS. */
  isSecure(request: HttpRequest): boolean {
    return this.#who.isSecure(request);
  }

  /** Whether the caller's browser came over TLS, or to its own machine. */
  isTrustworthy(request: HttpRequest): boolean {
    return this.#who.isTrustworthy(request);
  }

  /** What limits per address count a request by; undefined where they do not hold. */
  limitKeyOf(request: HttpRequest): string | undefined {
    return this.#who.limitKeyOf(request);
  }

  identify(credentials: Credentials): Promise<Identity | undefined> {
    return Promise.resolve(this.#who.identifyBy(credentials));
  }

  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#options.address;
    await this.app.ready();
    const address = await listen(this.server, { host, port });
    this.server.on('error', (error) => this.#options.log.error({ error: error.message }, 'http listener failed'));
    return address;
  }

  /** Listens over TLS, too. Call it after `listen`. */
  async listenSecurely(tls: Tls, address: { host?: string | undefined; port: number }): Promise<AddressInfo> {
    const { Https: Listener } = await import('./http/https.ts');
    this.#https = new Listener({
      ...this.#options,
      tls,
      server: this.server,
      connections: this.#connections,
      receive: (request, response, carrier) => this.#receive(request, response, carrier),
    });
    const bound = await this.#https.listen(address);
    this.#securePort = bound.port;
    return bound;
  }

  /** Takes no new connections; those there are may end by themselves. */
  drain(): void {
    this.#https?.drain();
    this.#connections.drain();
    this.#closed ??= Promise.all([
      new Promise<void>((resolve) => this.server.close(() => resolve())),
      this.#https?.closed,
    ]);
    this.server.closeIdleConnections();
  }

  /** Resolves when every connection is gone; what is left when `deadline` does is cut. */
  async close(deadline: Promise<void>): Promise<void> {
    this.drain();
    await Promise.race([this.#closed, deadline]);
    this.#https?.close();
    this.#connections.close();
    await this.#closed;
    await this.app.close();
  }

  /** It has asked for nothing in time. Where HTTP/2 is spoken, words of HTTP/1 would be noise. */
  #late(socket: Duplex): void {
    if (this.#https?.isHttp2(socket)) socket.destroy();
    else refuseOnSocket(socket, new RoomcastError('time-out'));
  }

  #changed(route: Route, request: FastifyRequest, status: number): void {
    const caller = this.#callers.get(request);
    if (!caller || status >= 400) return;
    const params = request.params as Record<string, string>;
    const body = (request.body ?? {}) as object;
    const told = body instanceof Uint8Array ? { bytes: body.length } : body;
    const before = this.#before.get(request) ?? {};
    for (const listener of this.#listeners) listener({ route, caller, params, body: told, before });
  }

  /** `carrier`: of a request over HTTP/2, which shares its connection with others. */
  #receive(request: HttpRequest, response: HttpResponse, carrier?: Http2Carrier): void {
    const { socket } = request;
    const { seats } = this.#options;
    const connection = carrier?.connection ?? socket;
    this.#connections.asked(connection);
    // A connection of HTTP/1 that carries endless bytes takes no second request.
    if (this.#taken.has(socket)) {
      socket.destroy();
      return;
    }
    request.url = originForm(request.url ?? '');
    const signed = passedPath(request.url);
    if (signed) {
      request.url = signed.url;
      this.#who.sign(request, signed.pass);
    }
    const pathname = pathnameOf(request);
    for (const route of this.media) {
      const path = pathname === undefined ? undefined : route.match(pathname);
      if (path === undefined) continue;
      if (request.method === 'GET' && !route.brief) {
        if (!carrier) this.#taken.add(socket);
        if (!seats.keep(connection, 'viewer')) {
          refuse(response, new Busy('The server is full.'), { headers: ANY_ORIGIN });
          return;
        }
        carrier?.take(response);
      }
      route.handle(request, response, path);
      return;
    }
    const elsewhere = pathname === undefined ? undefined : this.#secureLocation(request, pathname);
    if (elsewhere !== undefined) {
      writeHead(response, 307, { Location: elsewhere, 'Cache-Control': 'no-store' });
      response.end();
      return;
    }
    for (const [name, value] of Object.entries(STRICT_HEADERS)) response.setHeader(name, value);
    if (pathname === undefined) {
      refuse(response, new RoomcastError('bad-request', 'The request names no path.'));
    } else if (this.sockets.some((route) => route.match(pathname) !== undefined)) {
      const error = new RoomcastError('bad-request', 'This address is a WebSocket; ask for an upgrade.');
      refuse(response, error, { status: 426, headers: UPGRADE });
    } else this.#handleByFramework(request, response);
  }

  /** Where a browser is sent that opens a page over http, as the operator wishes. */
  #secureLocation(request: HttpRequest, pathname: string): string | undefined {
    const { redirect, publicUrl } = this.#options;
    const port = this.#securePort;
    if (!redirect || port === undefined || this.isSecure(request) || !opensPage(request, pathname)) return undefined;
    return secureLocation(this.hostOf(request), request.url ?? '', { port, publicUrl });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    socket.on('error', () => socket.destroy());
    this.#connections.asked(socket);
    const pathname = pathnameOf(request);
    for (const route of this.sockets) {
      const path = pathname === undefined ? undefined : route.match(pathname);
      if (path === undefined) continue;
      const refusal = checkHandshake(request);
      if (refusal) refuseOnSocket(socket, refusal.error, refusal);
      else if (!this.#options.seats.keep(socket, 'viewer')) refuseOnSocket(socket, new Busy('The server is full.'));
      else route.upgrade(request, socket, head, path);
      return;
    }
    refuseOnSocket(socket, new RoomcastError('not-found'));
  }

  /** Bytes that are no request. Where an answer is under way there is no room for another. */
  #unreadable(cause: Error, socket: Duplex): void {
    if (this.#taken.has(socket) || (cause as { code?: string }).code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    this.#failures.unreadable(cause, socket);
  }
}
