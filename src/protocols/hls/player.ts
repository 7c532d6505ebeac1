import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Busy, Denied, type RoomcastError } from '../../errors.ts';
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
/**
 * Those who have asked and do not play yet. Whoever plays goes on within a second, in which this many more would have to
 * come; who is forgotten begins again as one that comes. It is twice the crowd that may wait in one room at once.
 */
const MAX_COMERS = 20_000;
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

/** What a request says of who sends it: it looks, it reads a list of media, or it takes media. */
export type Step = 'looks' | 'reads' | 'plays';

/**
 * One player, whatever number of lists it reads. It comes with its first list and is let in then; from its first media or
 * its second list of media on it is a session of the hub, which lives by its requests.
 */
export class Player {
  readonly path: string;
  /** In its cookie. */
  readonly token: string;
  /** By what else it is known, until it shows its cookie. */
  alias: string | undefined;
  /** What the gate is asked for it. */
  access: Access;
  /** From when on it plays. */
  subscription: Subscription | undefined;
  /** It has read a list of media. */
  hasRead = false;
  /** When it asked last, monotonic µs. */
  seen = 0;
  readonly waiting: Set<Waiting> = new Set();
  /** How many of them wait in each rendition. */
  readonly holds: Map<object, number> = new Map();
  in = 0;
  out = 0;
  /** It was let in once, and then refused: it is asked for by what it brings now. */
  isRefused = false;
  looking: Promise<unknown> | undefined;
  entering: Promise<void> | undefined;

  constructor(path: string, token: string, accessOf: (player: Player) => Access) {
    this.path = path;
    this.token = token;
    this.access = accessOf(this);
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
  /** Those who play, the longest silent first. */
  readonly #players = new Set<Player>();
  /** Those who do not play yet, the longest silent first. */
  readonly #comers = new Set<Player>();
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

  /** Who asks, when known; HEAD does not say that it is still there. */
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

  /** Lets in who asks. Throws the hub's refusal. HEAD gives nothing to play, so whoever sends it only looks. */
  async enter(path: string, request: HttpRequest, step: Step): Promise<Player> {
    const known = this.find(path, request);
    const player = known ?? this.#newcomer(path, request);
    const isRead = step === 'reads' && request.method !== 'HEAD';
    if (player.subscription) return player;
    if (player.isRefused) {
      player.isRefused = false;
      player.access = this.#access(player, request);
    }
    const begins = (player.hasRead && isRead) || (step === 'plays' && request.method !== 'HEAD');
    if (begins || player.entering) await this.play(player);
    else {
      await this.#look(player, { isNew: !known });
      player.hasRead ||= isRead;
    }
    return player;
  }

  /** It plays from now on. Throws the hub's refusal. */
  async play(player: Player): Promise<void> {
    if (player.subscription) return;
    await (player.entering ??= this.#play(player).finally(() => (player.entering = undefined)));
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
    for (const players of [this.#players, this.#comers]) {
      for (const player of players) {
        if (player.waiting.size > 0 || player.entering) continue;
        if (now - player.seen > BUFFERED * target(player.path) + PATIENCE) this.leave(player);
      }
    }
  }

  /** Refuses what waits for those whom the hub does not know. */
  close(): void {
    const error = new Busy(undefined, 1, 'shutting-down');
    for (const player of this.#comers) for (const waiting of player.waiting) waiting.refuse(error);
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

  #newcomer(path: string, request: HttpRequest): Player {
    const token = this.#tokenOf(path, request);
    const player = new Player(path, token ?? this.#sealed(path, newNumber()), (self) => this.#access(self, request));
    if (token === undefined) player.alias = this.#aliasOf(path, request);
    this.#byName.set(`${path} ${player.token}`, player);
    if (player.alias !== undefined) this.#byName.set(player.alias, player);
    const [oldest] = this.#comers;
    if (oldest && this.#comers.size >= MAX_COMERS) this.#forget(oldest);
    this.#comers.add(player);
    player.seen = this.#app.scheduler.now();
    this.#see(player, request);
    return player;
  }

  #access(player: Player, request: HttpRequest): Access {
    return {
      ...accessOf(this.#app, player.path, request),
      close: (reason, error) => {
        if (error && reason === 'kicked') this.#refuse(player, error);
        this.#forget(player);
        for (const waiting of player.waiting) waiting.refuse(error ?? new Denied());
      },
      traffic: () => ({ in: player.in, out: player.out }),
      heard: () => (player.waiting.size > 0 ? this.#app.scheduler.now() : player.seen),
    };
  }

  async #look(player: Player, { isNew }: { isNew: boolean }): Promise<void> {
    try {
      await (player.looking ??= this.#app.hub.check(player.access).finally(() => (player.looking = undefined)));
    } catch (error) {
      // By another request it plays by now, perhaps as the last for whom there was room.
      await player.entering?.catch(() => {});
      if (player.subscription) return;
      if (isNew) this.#forget(player);
      player.isRefused = true;
      throw error;
    }
  }

  async #play(player: Player): Promise<void> {
    this.#comers.delete(player);
    this.#players.add(player);
    try {
      player.subscription = await this.#app.hub.play(player.access);
      player.seen = this.#app.scheduler.now();
    } catch (error) {
      // Who was refused is known: media that it has the names of are not for it.
      this.#players.delete(player);
      this.#comers.add(player);
      player.isRefused = true;
      throw error;
    }
  }

  #refuse({ path, token, alias }: Player, error: RoomcastError): void {
    const until = this.#app.scheduler.now() + REFUSED;
    for (const name of [`${path} ${token}`, alias])
      if (name !== undefined && this.#refused.size < MAX_REFUSED) this.#refused.set(name, { error, until });
  }

  #see(player: Player, request: HttpRequest): void {
    player.in += (request.url?.length ?? 0) + request.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
    if (request.method === 'HEAD') return;
    player.seen = this.#app.scheduler.now();
    const among = this.#comers.has(player) ? this.#comers : this.#players;
    among.delete(player);
    among.add(player);
  }

  #forget(player: Player): void {
    this.#players.delete(player);
    this.#comers.delete(player);
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
