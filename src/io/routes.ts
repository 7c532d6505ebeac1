import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Credentials, Identity, Remote } from '../live/access.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';

/**
 * Who may call a route. `owner` needs the owner's cookie or a bearer token; `operator` a bearer token, or to be on this
 * machine with no proxy between.
 */
export type RouteAccess = 'anyone' | 'owner' | 'operator';

/** Who calls, as far as it is proven. */
export interface Caller {
  readonly identity: Identity | undefined;
  readonly credentials: Credentials;
  readonly remote: Remote;
}

/** One row of the route table. The authorization tests are generated from these rows. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly access: RouteAccess;
  /** One sentence for the reference. */
  readonly summary: string;
  /** JSON schemas: bodies are checked against theirs, answers (by status) are described. */
  readonly schema?: { readonly body?: object; readonly response?: { readonly [status: number]: object } };
  handle(request: FastifyRequest, reply: FastifyReply, caller: Caller): unknown;
}

/** A route of media: it gets the raw request, of either version of HTTP, before any framework. */
export interface MediaRoute {
  /** For people and the route table: `/PATH.flv`. */
  readonly url: string;
  /** Answers have an end, and the connection goes on after them; otherwise they are endless bytes. */
  readonly brief?: true;
  match(pathname: string): string | undefined;
  handle(request: HttpRequest, response: HttpResponse, path: string): void;
}

/** A route that becomes a WebSocket. `path` is what `match` found. The handshake is checked before. */
export interface SocketRoute {
  readonly url: string;
  /** What clients may say on it; nothing when absent. */
  readonly commands?: readonly SocketCommand[];
  match(pathname: string): string | undefined;
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, path: string): void;
}

/** One row of a socket's command table: the `type` of a message and who may send it. */
export interface SocketCommand {
  readonly type: string;
  readonly access: RouteAccess;
  readonly summary: string;
}

/** The methods of the routes that a path belongs to, with HEAD where there is GET. */
export function methodsAt(routes: readonly Route[], pathname: string): string[] {
  const methods = routes.filter(({ url }) => belongs(pathname, url)).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? [method, 'HEAD'] : [method])))];
}

/** Whether a path is of the form of a route's: `:slug` is any one segment, `*` any rest. */
function belongs(pathname: string, url: string): boolean {
  const [given, form] = [pathname.split('/'), url.split('/')];
  const open = form.at(-1) === '*';
  if (open ? given.length < form.length : given.length !== form.length) return false;
  return form.every(
    (part, index) => part === '*' || (part.startsWith(':') ? given[index] !== '' : part === given[index]),
  );
}
