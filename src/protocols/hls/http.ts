import { Busy, NotFound, RoomcastError, toRoomcastError } from '../../errors.ts';
import type { HttpRequest, HttpResponse } from '../../io/exchange.ts';
import { sayStalled } from '../../io/stalled.ts';
import type { Rendition } from '../../live/rendition.ts';
import type { Segment } from '../../live/segment.ts';
import type { Stream } from '../../live/stream.ts';
import { mainTrack } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { Exchange, type Headers, Hold, takesGzip, Text } from './connection.ts';
import { checkAhead, directivesOf, has, type Wanted } from './directives.ts';
import { Holds } from './holds.ts';
import { mediaListOf, multivariantOf, versionOf } from './lists.ts';
import { multivariantPlaylist } from './multivariant.ts';
import { type FileName, parseName } from './names.ts';
import { accessOf, MAX_HOLDS, type Player, Players, type Step } from './player.ts';
import { mediaPlaylist } from './playlist.ts';
import { names, rangeOf, sliceOf } from './range.ts';
import { type Packing, type Run, Runs } from './server.ts';
import { tokenCookie } from './token.ts';
import { Unsent } from './unsent.ts';

/** The first list comes with the first whole GOP, of which one of ten seconds is waited for. */
const FIRST_LIST = 12 * SECOND;
/**
 * What plays segments whole begins so many of them behind the end. Where there are fewer, Chromium by itself gives up, and
 * VLC begins with an empty buffer and loses pictures each time that it waits for the next.
 */
const LEAST_SEGMENTS = 3;
/** Target durations for which a request waits (rfc8216bis, 6.2.5.2). */
const HELD_TARGETS = 3;
/** Target durations for which an answer that was waited for may be kept: it is the same for everybody who asks so. */
const CACHED_TARGETS = 6;
/** A stream of sound alone that is younger may still get its pictures, as one does that a relay takes up inside of a GOP. */
const YOUNG = 3 * SECOND;
/** When something may be live in a room. Seconds */
const RETRY_LIVE = 2;
/** What has a name of its own never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

const PREFLIGHT: Headers = {
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Allow-Headers': 'Authorization, If-None-Match, Range',
  'Access-Control-Max-Age': '86400',
};

/** What a file is in. */
interface Place {
  run: Run;
  rendition: Rendition;
  name: string;
}

interface CachedList {
  version: string;
  whole: Text | undefined;
  delta: Text | undefined;
}

/** Answers requests for playlists, segments and parts. */
export class HlsHttp {
  readonly #app: App;
  readonly #runs: Runs;
  readonly #players: Players;
  readonly #unsent = new Unsent<Exchange>();
  /** Those who wait for the pictures of a stream. */
  readonly #young: Holds;
  readonly #lists = new WeakMap<Rendition, CachedList>();

  constructor(app: App) {
    this.#app = app;
    this.#runs = new Runs(app);
    this.#players = new Players(app);
    this.#young = new Holds(app.scheduler);
  }

  /** A multivariant playlist. `prefix`: the way from its address to the folder of the path. */
  playlist(packing: Packing, prefix: (path: string) => string) {
    return (request: HttpRequest, response: HttpResponse, path: string): void =>
      void this.#answer(new Exchange(request, response), (exchange) =>
        this.#multivariant(exchange, { path, packing, prefix: prefix(path) }),
      );
  }

  /** What is in the folder of a broadcast; `place` is `PATH/hls/BROADCAST/PACKING/NAME`. */
  file(request: HttpRequest, response: HttpResponse, place: string): void {
    void this.#answer(new Exchange(request, response), (exchange) => this.#file(exchange, place));
  }

  /** Lets those go who ask no more. Called about once a second. */
  sweep(): void {
    this.#players.sweep((path) => this.#runs.targetOf(path));
    this.#runs.sweep();
    const { scheduler, settings, log } = this.#app;
    for (const { player } of this.#unsent.sweep(scheduler.now(), settings.limits.viewerStall * SECOND)) {
      const session = player?.subscription?.session;
      if (session) sayStalled(log, session);
    }
  }

  close(): void {
    this.#players.close();
    this.#runs.close();
  }

  async #answer(exchange: Exchange, answer: (exchange: Exchange) => Promise<void>): Promise<void> {
    const { method } = exchange.request;
    if (method === 'OPTIONS') exchange.send(204, PREFLIGHT);
    else if (method !== 'GET' && method !== 'HEAD') {
      const headers = { Allow: 'GET, HEAD, OPTIONS' };
      exchange.refuse(new RoomcastError('bad-request', 'Media is read with GET.'), { status: 405, headers });
    } else {
      try {
        await answer(exchange);
      } catch (cause) {
        const error = toRoomcastError(cause);
        if (error.code === 'internal') this.#app.log.error({ err: error.cause }, 'a request failed');
        refuse(exchange, error);
      }
    }
  }

  async #multivariant(
    exchange: Exchange,
    { path, packing, prefix }: { path: string; packing: Packing; prefix: string },
  ): Promise<void> {
    const { hub } = this.#app;
    if (!hub.stream(path)?.active) {
      await hub.check(accessOf(this.#app, path, exchange.request));
      throw new RoomcastError('not-live');
    }
    const player = await this.#enter(exchange, path, 'looks');
    const stream = hub.stream(path);
    if (!stream) throw new RoomcastError('not-live');
    const first = (): void => this.#first(exchange, { player, stream, packing, prefix });
    const isYoung = (stream.edge?.media ?? 0) < YOUNG;
    if (isYoung && !mainTrack(stream.tracks, 'video'))
      void new Hold({ exchange, holds: this.#young, player, longest: YOUNG, answer: () => false, late: first });
    else first();
  }

  /** The first list of what is on, once there is enough in it. */
  #first(
    exchange: Exchange,
    { player, stream, packing, prefix }: { player: Player; stream: Stream; packing: Packing; prefix: string },
  ): void {
    const run = this.#runs.of(stream, packing);
    if (!run) {
      refuse(exchange, new RoomcastError('not-live'));
      return;
    }
    const { segments } = run;
    const send = (): void => {
      const text = multivariantPlaylist(multivariantOf(segments, `${prefix}hls/${run.folder}/`));
      exchange.sendText(new Text(text), { 'Cache-Control': 'no-cache', ...this.#cookie(exchange, player) });
    };
    const least = knowsParts(exchange.request) ? 1 : LEAST_SEGMENTS;
    const answer = (): boolean => {
      if (segments.ready && (segments.ended || segments.listed >= least)) send();
      else if (segments.ended) refuse(exchange, new RoomcastError('not-live'));
      else return false;
      return true;
    };
    if (answer()) return;
    const late = (): void => (segments.ready ? send() : refuse(exchange, new RoomcastError('not-live')));
    void new Hold({ exchange, holds: run.starts, player, longest: FIRST_LIST, answer, late });
  }

  async #file(exchange: Exchange, place: string): Promise<void> {
    const [, path = '', folder = '', name = ''] = /^(.+)\/hls\/([^/]+\/[^/]+)\/([^/]+)$/.exec(place) ?? [];
    const run = this.#runs.find(path, folder);
    const file = run && parseName(name, run.packing.extension);
    const rendition = file && run.segments.rendition(file.rendition);
    if (!rendition) throw new NotFound();
    run.asked = this.#app.scheduler.now();
    if (file.kind === 'list') await this.#list(exchange, run, rendition);
    else await this.#media(exchange, { run, rendition, name }, file);
  }

  async #list(exchange: Exchange, run: Run, rendition: Rendition): Promise<void> {
    const { wanted, skip } =
      run.segments.partTarget > 0 ? directivesOf(exchange.query) : { wanted: undefined, skip: false };
    const player = await this.#enter(exchange, run.path, 'reads');
    if (!run.segments.renditions.includes(rendition)) throw new NotFound();
    if (wanted && !rendition.ended && !has(rendition, wanted)) {
      checkAhead(rendition, wanted, run.segments.partTarget);
      this.#hold(exchange, {
        run,
        rendition,
        player,
        answer: () => this.#answerList(exchange, { run, rendition, wanted, skip }),
      });
      return;
    }
    this.#sendList(exchange, {
      run,
      rendition,
      skip,
      headers: wanted ? this.#kept(run) : this.#fresh(exchange, player),
    });
  }

  #answerList(
    exchange: Exchange,
    { run, rendition, wanted, skip }: { run: Run; rendition: Rendition; wanted: Wanted; skip: boolean },
  ): boolean {
    if (!rendition.ended && !has(rendition, wanted)) return false;
    this.#sendList(exchange, { run, rendition, skip, headers: this.#kept(run) });
    return true;
  }

  #sendList(
    exchange: Exchange,
    { run, rendition, skip, headers }: { run: Run; rendition: Rendition; skip: boolean; headers: Headers },
  ): void {
    const version = versionOf(run.segments, rendition);
    let cached = this.#lists.get(rendition);
    if (cached?.version !== version)
      this.#lists.set(rendition, (cached = { version, whole: undefined, delta: undefined }));
    const make = (options: { skip: boolean }): Text =>
      new Text(mediaPlaylist(mediaListOf(run.segments, rendition, run.packing.extension), options));
    exchange.sendText(skip ? (cached.delta ??= make({ skip })) : (cached.whole ??= make({ skip })), headers);
  }

  #kept(run: Run): Headers {
    return { 'Cache-Control': `public, max-age=${CACHED_TARGETS * Math.round(run.target / SECOND)}` };
  }

  #fresh(exchange: Exchange, player: Player): Headers {
    const cookie = this.#cookie(exchange, player);
    return {
      'Cache-Control': cookie['Set-Cookie'] === undefined ? 'public, max-age=1' : 'private, max-age=1',
      ...cookie,
    };
  }

  async #media(exchange: Exchange, place: Place, file: Exclude<FileName, { kind: 'list' }>): Promise<void> {
    const { run, rendition } = place;
    this.#players.check(run.path, exchange.request);
    exchange.player = this.#players.find(run.path, exchange.request);
    if (file.kind === 'init') {
      const bytes = rendition.initOf(file.number)?.bytes;
      if (!bytes) throw new NotFound();
      this.#send(exchange, place, [bytes]);
      return;
    }
    const segment = rendition.window.find(file.sequence);
    if (file.kind === 'segment') {
      if (!segment?.complete || segment.size === 0) throw new NotFound();
      await this.#plays(exchange);
      this.#send(
        exchange,
        place,
        segment.parts.map(({ bytes }) => bytes),
      );
      return;
    }
    const answer = (): boolean => this.#answerPart(exchange, place, file);
    if (segment?.parts[file.part]) await this.#plays(exchange);
    if (answer()) return;
    const player = await this.#enter(exchange, run.path, 'plays');
    if (!answer()) this.#hold(exchange, { run, rendition, player, answer });
  }

  /** True when it was answered; a part that was announced is waited for. */
  #answerPart(
    exchange: Exchange,
    place: Place,
    { sequence, part: number }: { sequence: number; part: number },
  ): boolean {
    const { run, rendition } = place;
    const { window } = rendition;
    const segment = window.find(sequence);
    const part = segment?.parts[number];
    if (part && part.bytes.length > 0) {
      this.#send(exchange, place, [part.bytes]);
      return true;
    }
    const next: Segment | undefined = window.current;
    const last = window.listed.at(-1)?.sequence ?? 0;
    const isNext = next
      ? sequence === next.sequence && number === next.parts.length
      : sequence === last + 1 && number === 0;
    if (run.segments.partTarget > 0 && isNext && !rendition.ended) return false;
    exchange.refuse(new NotFound());
    return true;
  }

  #send(exchange: Exchange, { run, name }: Place, buffers: readonly Uint8Array[]): void {
    const { headers } = exchange.request;
    this.#unsent.add(exchange, this.#app.scheduler.now());
    exchange.response.once('close', () => this.#unsent.remove(exchange));
    const size = buffers.reduce((sum, bytes) => sum + bytes.length, 0);
    // What has a name of its own is known by it.
    const tag = `"${run.folder.replaceAll('/', '-')}-${name}"`;
    const own = { 'Content-Type': run.packing.type, 'Cache-Control': FOREVER, ETag: tag, 'Accept-Ranges': 'bytes' };
    if (names(headers['if-none-match'], tag)) {
      exchange.send(304, own);
      return;
    }
    const isSame = headers['if-range'] === undefined || headers['if-range'] === tag;
    const range = isSame && exchange.request.method === 'GET' ? rangeOf(headers.range, size) : undefined;
    if (range === 'none')
      exchange.send(416, { ...own, 'Cache-Control': 'no-store', 'Content-Range': `bytes */${size}` });
    else if (range) {
      const place = { 'Content-Range': `bytes ${range.start}-${range.end - 1}/${size}` };
      exchange.send(206, { ...own, ...place }, sliceOf(buffers, range));
    } else exchange.send(200, own, buffers);
  }

  #hold(exchange: Exchange, options: { run: Run; rendition: Rendition; player: Player; answer: () => boolean }): void {
    const { run, rendition, player, answer } = options;
    if ((player.holds.get(rendition) ?? 0) >= this.#mostHolds(player, exchange.request)) {
      throw new Busy('This player waits for too much at once.', 1, 'too-many-requests');
    }
    const late = (): void => {
      exchange.refuse(new Busy('The stream did not go on in time.', Math.round(run.target / SECOND)));
    };
    const longest = HELD_TARGETS * run.target;
    void new Hold({ exchange, holds: run.holdsOf(rendition), player, rendition, longest, answer, late });
  }

  #mostHolds(player: Player, request: HttpRequest): number {
    if (!this.#players.isByAddress(player, request)) return MAX_HOLDS;
    const isExempt = this.#app.http.limitKeyOf(request) === undefined;
    return isExempt ? Infinity : this.#app.settings.limits.hlsHolds || Infinity;
  }

  async #enter(exchange: Exchange, path: string, step: Step): Promise<Player> {
    const player = await this.#players.enter(path, exchange.request, step);
    exchange.player = player;
    return player;
  }

  /** Media are about to be sent: who gets them plays. Throws the hub's refusal. */
  async #plays({ player, request }: Exchange): Promise<void> {
    if (player && request.method !== 'HEAD') await this.#players.play(player);
  }

  #cookie(exchange: Exchange, player: Player): Record<string, string> {
    if (this.#players.isByCookie(player, exchange.request)) return {};
    const secure = this.#app.http.isSecure(exchange.request);
    return { 'Set-Cookie': tokenCookie(player.token, { path: player.path, secure }) };
  }
}

/** Says with it when to ask again, where that is known. */
function refuse(exchange: Exchange, error: RoomcastError): void {
  exchange.refuse(error, error.code === 'not-live' ? { headers: { 'Retry-After': `${RETRY_LIVE}` } } : {});
}

/**
 * Scripts do, and Apple's players: browsers tell which of their requests are a script's (Fetch Metadata, 2.1), but not
 * without TLS; what else plays HLS does not take packed lists, and that tells them apart there.
 */
function knowsParts(request: HttpRequest): boolean {
  const destination = request.headers['sec-fetch-dest'];
  return destination === undefined ? takesGzip(request) : destination === 'empty';
}
