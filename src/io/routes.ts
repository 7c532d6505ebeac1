import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Credentials, Identity, Remote, RoomRole, Scope } from '../live/access.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';

/**
 * Who may call a route: anyone; a `user`, who has an account or a token; somebody with that role or a higher one in the room
 * that the address names as `:slug`; the `admin`; or an `operator`, who has a token of the admin, or is on this machine with
 * no proxy between.
 */
export type RouteAccess = 'anyone' | 'user' | 'moderator' | 'owner' | 'admin' | 'operator';

/** Who calls, as far as it is proven. */
export interface Caller {
  readonly identity: Identity | undefined;
  readonly credentials: Credentials;
  readonly remote: Remote;
}

/** What somebody may do in a room, by its slug; undefined where there is no such room. */
export type RoleOf = (slug: string, caller: Pick<Caller, 'identity' | 'remote'>) => RoomRole | undefined;

/** One row of the route table. The authorization tests are generated from these rows. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly access: RouteAccess;
  /** What a token has to be for. Default: `read` for GET, else `manage`. */
  readonly scope?: Scope;
  /** Who comes by a cookie has to have proven lately who they are: a browser that was left open is not enough. */
  readonly recent?: true;
  /** One sentence for the reference. */
  readonly summary: string;
  /** The body is bytes, whatever they are called, in place of JSON; `handle` finds them as a Uint8Array in `request.body`. */
  readonly takes?: RawBody;
  /** JSON schemas: bodies are checked against theirs, answers (by status) are described. */
  readonly schema?: { readonly body?: object; readonly response?: { readonly [status: number]: object } };
  /** What the audit log is told of how things are before `handle` changes them. */
  before?(request: FastifyRequest, caller: Caller): Before | Promise<Before>;
  /** Gives the answer, or nothing where there is nothing to say (204). */
  handle(request: FastifyRequest, reply: FastifyReply, caller: Caller): unknown;
}

/** How things are before somebody changes them, for the audit log. */
export interface Before {
  /** What can be changed: of what was asked for only that is kept that differs, and nothing where all stays as it is. */
  readonly now?: object;
  /** Who or what it is about where only an id is asked for: it is kept, too. */
  readonly about?: object;
}

/** A body that is no JSON. */
export interface RawBody {
  /** At most so many. */
  readonly bytes: number;
  /** Media types of what is taken, for the reference. */
  readonly types: readonly string[];
}

/** A call that has changed something. */
export interface Change {
  readonly route: Route;
  readonly caller: Caller;
  /** Of the address. */
  readonly params: { readonly [name: string]: string };
  /** What was sent; of bytes how many they were. */
  readonly body: object;
  readonly before: Before;
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
  /** What is pushed on it; nothing when absent. */
  readonly topics?: readonly SocketTopic[];
  match(pathname: string): string | undefined;
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, path: string): void;
}

/** One row of a socket's command table: the `type` of a message, who may send it, and what else is in it. */
export interface SocketCommand {
  readonly type: string;
  readonly access: Exclude<RouteAccess, 'operator'>;
  /** What a token has to be for. */
  readonly scope: Scope;
  readonly summary: string;
  /** JSON schemas of its fields beside `id` and `type`. */
  readonly fields?: { readonly [name: string]: object };
  /** Names of those that have to be there. */
  readonly required?: readonly string[];
}

/** One row of a socket's topic table: what is pushed, under this `type`, to those who want it. */
export interface SocketTopic {
  readonly name: string;
  readonly access: Exclude<RouteAccess, 'operator'>;
  readonly summary: string;
  /** Those who may have it get it without asking for it. */
  readonly unasked: boolean;
}

/** What a token has to be for to call a route. */
export function scopeOf({ scope, method }: Pick<Route, 'scope' | 'method'>): Scope {
  return scope ?? (method === 'GET' ? 'read' : 'manage');
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
