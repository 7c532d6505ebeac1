import { Busy, RoomcastError } from '../../errors.ts';
import type { Credentials, Identity, Remote } from '../../live/access.ts';
import { admit } from './admission.ts';
import type { CallLimit } from '../call-limit.ts';
import type { HttpRequest } from '../exchange.ts';
import {
  bearerOf,
  hostOf,
  isLocal,
  isOwnOrigin,
  isProgram,
  isSameSite,
  isSecure,
  isTrustworthy,
  limitKey,
  type Proxies,
  queryOf,
  remoteOf,
} from '../request.ts';
import type { Caller, RoleOf, Route } from '../routes.ts';

/** For one that is no browser: it could bring proof that no page of another site can. */
const ASK_AS_PROGRAM = 'The request names no Origin, which a page of ours does; a program sends a bearer token.';

/** Finds out who brings these credentials. */
export type Identify = (credentials: Credentials) => Promise<Identity | undefined> | Identity | undefined;

export interface CallersOptions {
  proxies: Proxies;
  /** Origins that are ours beside the one the request was sent to. */
  ownOrigins: readonly string[];
  /** Calls of the API, by address. */
  calls: CallLimit;
}

/** Who makes the requests: where they come from, what they prove, and whether they may call a route. */
export class Callers {
  /** How credentials are turned into an identity. */
  identifyBy: Identify = () => undefined;
  /** What somebody may do in a room. */
  rolesBy: RoleOf = () => undefined;
  /** Whether somebody who comes by a cookie has proven lately who they are. */
  recentBy: (caller: Caller) => boolean = () => true;
  readonly #options: CallersOptions;
  /** Of addresses that have them in their path. */
  readonly #passes = new WeakMap<HttpRequest, string>();

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  /** Throws `confirm` for a cookie whose owner has not proven lately who they are. Tokens are for what they are for. */
  checkRecent(caller: Caller): void {
    if (caller.credentials.bearer === undefined && !this.recentBy(caller)) throw new RoomcastError('confirm');
  }

  /** A request has a pass in its path. */
  sign(request: HttpRequest, pass: string): void {
    this.#passes.set(request, pass);
  }

  /** Who calls. */
  async of(request: HttpRequest, options: { strict: boolean }): Promise<Caller> {
    const credentials = this.credentialsOf(request, options);
    return { identity: await this.identifyBy(credentials), credentials, remote: this.remoteOf(request) };
  }

  /** Who calls a route. Throws what keeps them from it, an error of the list. `slug`: the room of its address. */
  async admit(route: Route, request: HttpRequest, slug: string | undefined): Promise<Caller> {
    if (route.url.startsWith('/api/')) this.#countCall(request);
    const caller = await this.of(request, { strict: false });
    if (route.method !== 'GET' && !caller.credentials.bearer && !isSameSite(request, this.#ours)) {
      throw new RoomcastError('bad-origin', isProgram(request) ? ASK_AS_PROGRAM : undefined);
    }
    admit({ route, caller, slug, local: isLocal(request), roleOf: this.rolesBy });
    if (route.recent) this.checkRecent(caller);
    return caller;
  }

  /** What a request brought to prove itself, as `Http.credentialsOf` says. */
  credentialsOf(request: HttpRequest, { strict }: { strict: boolean }): Credentials {
    const pass = this.#passes.get(request) ?? queryOf(request, 'pass');
    const signed = pass === undefined ? {} : { pass };
    const bearer = bearerOf(request);
    if (bearer !== undefined) return { bearer, ...signed };
    const { cookie } = request.headers;
    return cookie !== undefined && isOwnOrigin(request, this.#ours, strict) ? { cookie, ...signed } : signed;
  }

  remoteOf(request: HttpRequest): Remote {
    return remoteOf(request, this.#options.proxies);
  }

  /** The host and port under which the caller knows us; undefined when it does not say. */
  hostOf(request: HttpRequest): string | undefined {
    return hostOf(request, this.#options.proxies);
  }

  /** Whether the caller's browser came over TLS. */
  isSecure(request: HttpRequest): boolean {
    return isSecure(request, this.#options.proxies);
  }

  isTrustworthy(request: HttpRequest): boolean {
    return isTrustworthy(request, this.#options.proxies);
  }

  /** What limits per address count a request by; undefined where they do not hold. */
  limitKeyOf(request: HttpRequest): string | undefined {
    return limitKey(this.remoteOf(request).address, this.#options.proxies);
  }

  get #ours(): { origins: readonly string[]; proxies: Proxies } {
    return { origins: this.#options.ownOrigins, proxies: this.#options.proxies };
  }

  #countCall(request: HttpRequest): void {
    const key = this.limitKeyOf(request);
    const wait = key === undefined ? 0 : this.#options.calls.take(key);
    if (wait > 0) throw new Busy(undefined, wait, 'too-many-requests');
  }
}
