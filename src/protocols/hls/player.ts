import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Denied, type RoomcastError } from '../../errors.ts';
import type { HttpRequest } from '../../io/exchange.ts';
import type { Access, Credentials } from '../../live/access.ts';
import type { Subscription } from '../../live/subscription.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { newNumber, numberOf, tokenOf, tokenWith } from './token.ts';

/** A player is gone when it asked for nothing for this long beside three target durations: its buffer, and a slow line. */
const PATIENCE = 5 * SECOND;
/** Target durations that a player may have in its buffer. */
const BUFFERED = 3;
/** Who was sent away is remembered for so long: what it knows by name, it gets no more. */
const REFUSED = 60 * SECOND;
/** So many of them at most. */
const MAX_REFUSED = 10_000;
/** Requests of one player that may wait in one rendition: what a player needs is two. */
export const MAX_HOLDS = 4;

/** Something that waits for a player. */
export interface Waiting {
  /** The player has to go. */
  refuse(error: RoomcastError): void;
}

/** One player: a session of the hub that lives by its requests, whatever number of lists it reads. */
export class Player {
  readonly path: string;
  /** In its cookie. */
  readonly token: string;
  /** By what else it is known, until it shows its cookie. */
  alias: string | undefined;
  subscription: Subscription | undefined;
  /** When it asked last, monotonic µs. */
  seen = 0;
  readonly waiting: Set<Waiting> = new Set();
  /** How many of them wait in each rendition. */
  readonly holds: Map<object, number> = new Map();
  in = 0;
  out = 0;
  entering: Promise<void> | undefined;

  constructor(path: string, token: string) {
    this.path = path;
    this.token = token;
  }
}

/**
 * Who watches by HLS. A player is known by the cookie that it got from us, else by its HTTP/2 connection, else by its
 * address, program and proof. A cookie that somebody made up, or that is from before a restart, is as good as none: nobody
 * becomes many viewers by cookies of their own.
 */
export class Players {
  readonly #app: App;
  /** Seals the tokens of cookies. */
  readonly #secret = randomBytes(32);
  /** The longest silent first. */
  readonly #players = new Set<Player>();
  readonly #byName = new Map<string, Player>();
  readonly #connections = new WeakMap<object, string>();
  /** Who was sent away by an operator, by cookie, connection or address: why, and until when. */
  readonly #refused = new Map<string, { error: RoomcastError; until: number }>();

  constructor(app: App) {
    this.#app = app;
  }

  /** Throws why who asks was sent away a moment ago, where it was. */
  check(path: string, request: HttpRequest): void {
    if (this.#refused.size === 0) return;
    const token = this.#tokenOf(path, request);
    const name = token === undefined ? this.#aliasOf(path, request) : `${path} ${token}`;
    const refused = this.#refused.get(name);
    if (refused && this.#app.scheduler.now() < refused.until) throw refused.error;
  }

  /** Who asks, when known. */
  find(path: string, request: HttpRequest): Player | undefined {
    const token = this.#tokenOf(path, request);
    const known = token === undefined ? undefined : this.#byName.get(`${path} ${token}`);
    if (known) {
      // Others at its address are not it.
      if (known.alias !== undefined) this.#byName.delete(known.alias);
      known.alias = undefined;
    }
    const player = token === undefined ? this.#byName.get(this.#aliasOf(path, request)) : known;
    if (player) this.#see(player, request);
    return player;
  }

  /** Admits who asks. Throws the hub's refusal. */
  async enter(path: string, request: HttpRequest): Promise<Player> {
    let player = this.find(path, request);
    if (!player) {
      const token = this.#tokenOf(path, request);
      player = new Player(path, token ?? this.#sealed(path, newNumber()));
      if (token === undefined) player.alias = this.#aliasOf(path, request);
      this.#byName.set(`${path} ${player.token}`, player);
      if (player.alias !== undefined) this.#byName.set(player.alias, player);
      this.#see(player, request);
      player.entering = this.#admit(player, request);
    }
    await player.entering;
    return player;
  }

  /** Whether its cookie came with a request. */
  isByCookie({ token }: Player, request: HttpRequest): boolean {
    return tokenOf(request.headers.cookie) === token;
  }

  /** Whether it is known by its address alone, which others may share. */
  isByAddress(player: Player, request: HttpRequest): boolean {
    return !this.isByCookie(player, request) && sessionOf(request) === undefined;
  }

  leave(player: Player): void {
    this.#forget(player);
    player.subscription?.leave('ended');
  }

  /** Lets those go that ask no more. `target`: target duration in µs of what is on a path. */
  sweep(target: (path: string) => number): void {
    const now = this.#app.scheduler.now();
    for (const [name, { until }] of this.#refused) if (now >= until) this.#refused.delete(name);
    for (const player of this.#players) {
      if (player.waiting.size > 0 || !player.subscription) continue;
      if (now - player.seen > BUFFERED * target(player.path) + PATIENCE) this.leave(player);
    }
  }

  /** The token that came with a request, if a player of this path got it from us. */
  #tokenOf(path: string, request: HttpRequest): string | undefined {
    const token = tokenOf(request.headers.cookie);
    if (token === undefined || this.#byName.has(`${path} ${token}`)) return token;
    const ours = this.#sealed(path, numberOf(token));
    return timingSafeEqual(Buffer.from(token), Buffer.from(ours)) ? token : undefined;
  }

  #sealed(path: string, number: string): string {
    return tokenWith(number, createHmac('sha256', this.#secret).update(`${path} ${number}`).digest('hex'));
  }

  async #admit(player: Player, request: HttpRequest): Promise<void> {
    const access: Access = {
      ...accessOf(this.#app, player.path, request),
      close: (reason, error) => {
        if (error && reason === 'kicked') this.#refuse(player, error);
        this.#forget(player);
        for (const waiting of player.waiting) waiting.refuse(error ?? new Denied());
      },
      traffic: () => ({ in: player.in, out: player.out }),
    };
    try {
      player.subscription = await this.#app.hub.play(access);
    } catch (error) {
      this.#forget(player);
      throw error;
    }
  }

  #refuse({ path, token, alias }: Player, error: RoomcastError): void {
    const until = this.#app.scheduler.now() + REFUSED;
    for (const name of [`${path} ${token}`, alias])
      if (name !== undefined && this.#refused.size < MAX_REFUSED) this.#refused.set(name, { error, until });
  }

  #see(player: Player, request: HttpRequest): void {
    player.seen = this.#app.scheduler.now();
    player.in += (request.url?.length ?? 0) + request.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
    this.#players.delete(player);
    this.#players.add(player);
  }

  #forget(player: Player): void {
    this.#players.delete(player);
    for (const name of [`${player.path} ${player.token}`, player.alias]) {
      if (name !== undefined && this.#byName.get(name) === player) this.#byName.delete(name);
    }
  }

  #aliasOf(path: string, request: HttpRequest): string {
    const proof = proofOf(this.#app.http.credentialsOf(request, { strict: true }));
    const session = sessionOf(request);
    if (session) {
      let name = this.#connections.get(session);
      if (name === undefined) this.#connections.set(session, (name = newNumber()));
      return `${path} connection ${name} ${proof}`;
    }
    const { address, agent = '' } = this.#app.http.remoteOf(request);
    return `${path} address ${address} ${proof} ${agent}`;
  }
}

/** Names what somebody proved itself by: whom that let in lets in nobody else at its address. */
function proofOf({ bearer, cookie, pass }: Credentials): string {
  if (bearer === undefined && cookie === undefined && pass === undefined) return 'guest';
  return createHash('sha256')
    .update(`${bearer ?? ''}\n${cookie ?? ''}\n${pass ?? ''}`)
    .digest('base64url');
}

/** The question at the gate, for one that only looks. */
export function accessOf(app: App, path: string, request: HttpRequest): Access {
  return {
    action: 'play',
    protocol: 'hls',
    path,
    credentials: app.http.credentialsOf(request, { strict: true }),
    remote: app.http.remoteOf(request),
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  };
}

/** The HTTP/2 connection that a request came by. */
function sessionOf(request: HttpRequest): object | undefined {
  return 'stream' in request ? request.stream.session : undefined;
}
