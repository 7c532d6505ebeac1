import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import type { HttpRequest, HttpResponse } from '../exchange.ts';
import type { Failures } from './failures.ts';
import { asksForSocket } from './handshake.ts';
import { takeJsonOnly } from './json-body.ts';

// As an import it would load the built-in fetch, too, a tenth of the time of a start.
const { createServer } = process.getBuiltinModule('node:http');

/** An idle connection is kept this long for the next request. ms */
const KEEP_ALIVE_MS = 5000;
/** Longest parameter of a route; a slug is shorter. */
const MAX_PARAMETER = 200;

/** Hands a request to the framework, which knows the form of HTTP/1; that of HTTP/2 has all that it uses. */
type FrameworkHandler = (request: HttpRequest, response: HttpResponse) => void;

export interface FrameworkOptions {
  maxHeaderBytes: number;
  maxBodyBytes: number;
  maxBodyDepth: number;
  headerTimeMs: number;
  bodyTimeMs: number;
  failures: Failures;
  /** Told of every request; those that are the framework's are handed to `handle`. */
  receive(request: HttpRequest, response: HttpResponse): void;
  /** Bytes came that are no request. */
  unreadable(cause: Error, socket: Duplex): void;
}

/** The framework, the server that it listens by, and what hands it a request. */
export interface Framework {
  readonly app: FastifyInstance;
  readonly server: Server;
  readonly handle: FrameworkHandler;
}

/** Builds the framework with our limits, errors and bodies. */
export function buildFramework(options: FrameworkOptions): Framework {
  const { maxBodyBytes, maxBodyDepth, maxHeaderBytes, headerTimeMs, bodyTimeMs, failures } = options;
  let server: Server | undefined;
  let handle: FrameworkHandler | undefined;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    logger: false,
    exposeHeadRoutes: true,
    schemaController: { compilersFactory: { buildValidator: uncompiled, buildSerializer: uncompiled } },
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: MAX_PARAMETER },
    frameworkErrors: (error, _request, reply) => failures.answer(error, reply),
    clientErrorHandler: (error, socket) => options.unreadable(error, socket),
    serverFactory: (made) => {
      handle = made as FrameworkHandler;
      const limits = {
        maxHeaderSize: maxHeaderBytes,
        headersTimeout: headerTimeMs,
        requestTimeout: headerTimeMs + bodyTimeMs,
        connectionsCheckingInterval: 1000,
        keepAliveTimeout: KEEP_ALIVE_MS,
        noDelay: true,
        shouldUpgradeCallback: asksForSocket,
      };
      return (server = createServer(limits, (request, response) => options.receive(request, response)));
    },
  });
  takeJsonOnly(app, { maxDepth: maxBodyDepth });
  app.setErrorHandler((error, _request, reply) => failures.answer(error, reply));
  app.setNotFoundHandler((request, reply) => failures.notFound(request, reply));
  return { app, server: server!, handle: handle! };
}

/** Bodies are checked by `BodyCheck`: the framework is given no schemas, and need not load what compiles them. */
function uncompiled(): never {
  throw new Error('A route gave the framework a schema.');
}
