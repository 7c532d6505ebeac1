import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Busy, RoomcastError } from '../errors.ts';
import type { Credentials, Identity, Remote } from '../live/access.ts';
import type { Scheduler } from '../live/scheduler.ts';
import type { Logger } from '../log.ts';
import { BodyCheck } from './body-check.ts';
import { CallLimit } from './call-limit.ts';
import { FirstRequests } from './first-requests.ts';
import { asksForSocket, checkHandshake, UPGRADE } from './handshake.ts';
import { takeJsonOnly } from './json-body.ts';
import { listen } from './listen.ts';
import { PendingConnections } from './pending.ts';
import { ANY_ORIGIN, errorBody, errorHeaders, fromFramework, fromParser, refuse, refuseOnSocket } from './refusal.ts';
import {
  bearerOf,
  hostOf,
  isOwnOrigin,
  isLocal,
  isProgram,
  isSameSite,
  isSecure,
  limitKey,
  originForm,
  pathnameOf,
  plainAddress,
  type Proxies,
  remoteOf,
} from './request.ts';
import { methodsAt } from './routes.ts';
import type { Seats } from './seats.ts';
import { TurnedAway } from './turned-away.ts';
import type { Caller, MediaRoute, Route, SocketRoute } from './routes.ts';

// As an import it would load the built-in fetch, too, a tenth of the time of a start.
const { createServer } = process.getBuiltinModule('node:http');

export type { Caller, MediaRoute, Route, SocketCommand, SocketRoute } from './routes.ts';
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
}

/** An idle connection is kept this long for the next request. ms */
const KEEP_ALIVE_MS = 5000;
/** Longest parameter of a route; a slug is shorter. */
const MAX_PARAMETER = 200;
/** What every answer of the framework carries unless the route says otherwise: nothing is kept, sniffed, framed or run. */
const STRICT_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** For one that is no browser: it could bring proof that no page of another site can. */
const ASK_AS_PROGRAM = 'The request names no Origin, which a page of ours does; a program sends a bearer token.';
/** For one that came from afar or through a proxy. */
const ASK_AS_OPERATOR = 'This needs a bearer token, except on the machine of the server itself with no proxy between.';

/** Refusals that an operator wants to see: somebody tries, or asks too often. */
const ATTEMPTS: ReadonlySet<string> = new Set(['sign-in', 'already-claimed', 'bad-origin', 'too-many-requests']);

/** Finds out who brings these credentials. */
export type Identify = (credentials: Credentials) => Promise<Identity | undefined> | Identity | undefined;

/** The one HTTP listener: API and pages by the framework, media and sockets by hand. */
export class Http {
  readonly routes: Route[] = [];
  readonly media: MediaRoute[] = [];
  readonly sockets: SocketRoute[] = [];
  /** The framework, for plugins that serve files. */
  readonly app: FastifyInstance;
  readonly server: Server;
  readonly #options: HttpOptions;
  readonly #calls: CallLimit;
  readonly #pending: PendingConnections;
  readonly #turnedAway: TurnedAway;
  readonly #firstRequests: FirstRequests<Duplex>;
  readonly #bodies = new BodyCheck();
  readonly #callers = new WeakMap<FastifyRequest, Caller>();
  readonly #taken = new WeakSet<Duplex>();
  readonly #connections = new Set<Duplex>();
  #closed: Promise<void> | undefined;
  #identify: Identify = () => undefined;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#calls = new CallLimit({ scheduler: options.scheduler, calls: options.callsPerAddress });
    this.#pending = new PendingConnections(options.pendingPerAddress);
    this.#turnedAway = new TurnedAway({ protocol: 'http', log: options.log, scheduler: options.scheduler });
    this.#firstRequests = new FirstRequests({
      scheduler: options.scheduler,
      withinMs: options.headerTimeMs,
      late: (socket) => refuseOnSocket(socket, new RoomcastError('time-out')),
    });
    const { server, app } = this.#build(options);
    this.server = server;
    this.app = app;
    server.maxConnections = options.maxConnections;
    server.on('connection', (socket) => this.#connected(socket, socket.remoteAddress ?? ''));
    server.on('drop', () => this.#turnedAway.add());
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    takeJsonOnly(app, { maxDepth: options.maxBodyDepth });
    app.setErrorHandler((error, _request, reply) => this.#fail(error, reply));
    app.setNotFoundHandler((request, reply) => this.#notFound(request, reply));
  }

  /** Says how credentials are turned into an identity. */
  identifyBy(identify: Identify): void {
    this.#identify = identify;
  }

  /** Adds a row to the route table. Who calls is found out and admitted before a body is read. */
  route(route: Route): void {
    this.routes.push(route);
    const { method, url } = route;
    const body = route.schema?.body;
    this.app.route({
      method,
      url,
      onRequest: async (request) => void this.#callers.set(request, await this.#admit(route, request.raw)),
      ...(body ? { preHandler: (request) => this.#bodies.check(body, request.body) } : {}),
      handler: (request, reply) => route.handle(request, reply, this.#callers.get(request)!),
    });
  }

  /** Who calls, for answers outside of the route table. */
  async callerOf(request: IncomingMessage, options: { strict: boolean }): Promise<Caller> {
    const credentials = this.credentialsOf(request, options);
    return { identity: await this.#identify(credentials), credentials, remote: this.remoteOf(request) };
  }

  /**
   * What a request brought to prove itself: a bearer token, or else the cookie where the request comes from a page of
   * ours. `strict`, for sockets and media: only an Origin that says so counts.
   */
  credentialsOf(request: IncomingMessage, { strict }: { strict: boolean }): Credentials {
    const bearer = bearerOf(request);
    if (bearer !== undefined) return { bearer };
    const { cookie } = request.headers;
    return cookie !== undefined && isOwnOrigin(request, this.#ours, strict) ? { cookie } : {};
  }

  remoteOf(request: IncomingMessage): Remote {
    return remoteOf(request, this.#options.proxies);
  }

  /** The host and port under which the caller knows us; undefined when it does not say. */
  hostOf(request: IncomingMessage): string | undefined {
    return hostOf(request, this.#options.proxies);
  }

  /** Whether the caller's browser came over TLS. */
  isSecure(request: IncomingMessage): boolean {
    return isSecure(request, this.#options.proxies);
  }

  /** What limits per address count a request by; undefined where they do not hold. */
  limitKeyOf(request: IncomingMessage): string | undefined {
    return limitKey(this.remoteOf(request).address, this.#options.proxies);
  }

  identify(credentials: Credentials): Promise<Identity | undefined> {
    return Promise.resolve(this.#identify(credentials));
  }

  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#options.address;
    await this.app.ready();
    const address = await listen(this.server, { host, port });
    this.server.on('error', (error) => this.#options.log.error({ error: error.message }, 'http listener failed'));
    return address;
  }

  /** Takes no new connections; those there are may end by themselves. */
  drain(): void {
    this.#closed ??= new Promise((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
  }

  /** Resolves when every connection is gone; what is left when `deadline` does is cut. */
  async close(deadline: Promise<void>): Promise<void> {
    this.drain();
    await Promise.race([this.#closed, deadline]);
    for (const socket of this.#connections) socket.destroy();
    await this.#closed;
    this.#turnedAway.say();
    this.#firstRequests.close();
    await this.app.close();
  }

  get #ours(): { origins: readonly string[]; proxies: Proxies } {
    return { origins: this.#options.ownOrigins, proxies: this.#options.proxies };
  }

  #build({ maxBodyBytes, maxHeaderBytes, headerTimeMs, bodyTimeMs }: HttpOptions): {
    app: FastifyInstance;
    server: Server;
  } {
    let server: Server | undefined;
    const app = fastify({
      bodyLimit: maxBodyBytes,
      logger: false,
      exposeHeadRoutes: true,
      schemaController: { compilersFactory: { buildValidator: uncompiled, buildSerializer: uncompiled } },
      routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: MAX_PARAMETER },
      frameworkErrors: (error, _request, reply) => this.#fail(error, reply),
      clientErrorHandler: (error, socket) => this.#unreadable(error, socket),
      serverFactory: (handler) =>
        (server = createServer(
          {
            maxHeaderSize: maxHeaderBytes,
            headersTimeout: headerTimeMs,
            requestTimeout: headerTimeMs + bodyTimeMs,
            connectionsCheckingInterval: 1000,
            keepAliveTimeout: KEEP_ALIVE_MS,
            noDelay: true,
            shouldUpgradeCallback: asksForSocket,
          },
          (request, response) => this.#receive(request, response, handler),
        )),
    });
    return { app, server: server! };
  }

  #connected(socket: Duplex, remoteAddress: string): void {
    if (!this.#pending.add(socket, limitKey(plainAddress(remoteAddress), this.#options.proxies))) {
      this.#turnedAway.add();
      socket.destroy();
      return;
    }
    const { seats } = this.#options;
    this.#connections.add(socket);
    this.#firstRequests.add(socket);
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.#firstRequests.remove(socket);
      this.#pending.remove(socket);
      seats.leave(socket);
    });
    seats.enter(socket);
  }

  async #admit(route: Route, request: IncomingMessage): Promise<Caller> {
    if (route.url.startsWith('/api/')) this.#countCall(request);
    const caller = await this.callerOf(request, { strict: false });
    if (route.method !== 'GET' && !caller.credentials.bearer && !isSameSite(request, this.#ours)) {
      throw new RoomcastError('bad-origin', isProgram(request) ? ASK_AS_PROGRAM : undefined);
    }
    const isOwner = caller.identity?.role === 'owner';
    if (route.access === 'owner' && !isOwner) throw new RoomcastError('sign-in');
    const isOperator = (isOwner && caller.credentials.bearer !== undefined) || isLocal(request);
    if (route.access === 'operator' && !isOperator) throw new RoomcastError('sign-in', ASK_AS_OPERATOR);
    return caller;
  }

  #countCall(request: IncomingMessage): void {
    const key = this.limitKeyOf(request);
    const wait = key === undefined ? 0 : this.#calls.take(key);
    if (wait > 0) throw new Busy(undefined, wait, 'too-many-requests');
  }

  #receive(
    request: IncomingMessage,
    response: ServerResponse,
    framework: (request: IncomingMessage, response: ServerResponse) => void,
  ): void {
    const { socket } = request;
    const { seats } = this.#options;
    this.#pending.remove(socket);
    this.#firstRequests.remove(socket);
    seats.heard(socket);
    // A connection that carries endless bytes takes no second request.
    if (this.#taken.has(socket)) {
      socket.destroy();
      return;
    }
    request.url = originForm(request.url ?? '');
    const pathname = pathnameOf(request);
    for (const route of this.media) {
      const path = pathname === undefined ? undefined : route.match(pathname);
      if (path === undefined) continue;
      if (request.method === 'GET') {
        this.#taken.add(socket);
        if (!seats.keep(socket, 'viewer')) {
          refuse(response, new Busy('The server is full.'), { headers: ANY_ORIGIN });
          return;
        }
      }
      route.handle(request, response, path);
      return;
    }
    for (const [name, value] of Object.entries(STRICT_HEADERS)) response.setHeader(name, value);
    if (pathname === undefined) {
      refuse(response, new RoomcastError('bad-request', 'The request names no path.'));
    } else if (this.sockets.some((route) => route.match(pathname) !== undefined)) {
      const error = new RoomcastError('bad-request', 'This address is a WebSocket; ask for an upgrade.');
      refuse(response, error, { status: 426, headers: UPGRADE });
    } else framework(request, response);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    socket.on('error', () => socket.destroy());
    this.#pending.remove(socket);
    this.#firstRequests.remove(socket);
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
    const { error, status } = fromParser(cause);
    const { remoteAddress } = socket as Duplex & { remoteAddress?: string };
    const facts = { protocol: 'http', remote: plainAddress(remoteAddress ?? ''), code: error.code };
    this.#options.log.info(facts, error.code === 'bad-request' ? 'These bytes are no HTTP request.' : error.message);
    refuseOnSocket(socket, error, { status });
  }

  /** An address that other methods have says which (RFC 9110 §15.5.6). */
  #notFound(request: FastifyRequest, reply: FastifyReply): void {
    const methods = methodsAt(this.routes, pathnameOf(request.raw) ?? '');
    if (methods.length === 0 || methods.includes(request.method)) {
      this.#fail(new RoomcastError('not-found'), reply);
      return;
    }
    const error = new RoomcastError('bad-request', `This address takes ${methods.join(', ')}.`);
    this.#fail(error, reply.header('Allow', methods.join(', ')), 405);
  }

  /** Somebody showed what is not valid, or asked too often. A page that shows nothing merely finds out who it is. */
  #tellAttempt(error: RoomcastError, request: IncomingMessage): void {
    if (error.code === 'sign-in' && bearerOf(request) === undefined) return;
    const words = error.code === 'sign-in' ? 'A bearer token was shown that is not valid.' : error.message;
    const facts = { protocol: 'http', remote: this.remoteOf(request).address, code: error.code };
    this.#options.log.warn(facts, words);
  }

  #fail(error: unknown, reply: FastifyReply, status?: number): void {
    const known = fromFramework(error);
    if (known.code === 'internal') this.#options.log.error({ err: known.cause }, 'a request failed');
    else if (ATTEMPTS.has(known.code)) this.#tellAttempt(known, reply.request.raw);
    void reply
      .code(status ?? known.status)
      .headers(errorHeaders(known))
      .type('application/json')
      .send(errorBody(known));
  }
}

/** Bodies are checked by `BodyCheck`: the framework is given no schemas, and need not load what compiles them. */
function uncompiled(): never {
  throw new Error('A route gave the framework a schema.');
}
