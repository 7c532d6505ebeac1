import type { Duplex } from 'node:stream';
import type { HttpRequest, HttpResponse } from '../../io/exchange.ts';
import { Http2Outlet } from '../../io/http/http2-outlet.ts';
import type { Outlet } from '../../io/outlet.ts';
import { Pump } from '../../io/pump.ts';
import { SocketOutlet } from '../../io/socket-outlet.ts';
import { sayStalled } from '../../io/stalled.ts';
import type { Access } from '../../live/access.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { EndReason } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { LAST_CHUNK } from './chunks.ts';
import type { Format } from './formats.ts';

/**
 * Players made of ffmpeg take the end of a body without chunks for a fault and lose its last frames. All others get
 * plain bytes, because framing each write costs time.
 */
const NEEDS_CHUNKS = /^(?:Lavf|libmpv|mpv)\b/;

/** What was queued at the end may still go out for so long, however slowly it is read. */
const LINGER = 5 * SECOND;
/** One that has to go is gone within two seconds. */
const LINGER_UNWANTED = SECOND;

export interface HttpPlayerOptions {
  app: App;
  request: HttpRequest;
  response: HttpResponse;
  path: string;
  format: Format;
  /** Makes a chunk of a body that needs them. */
  chunk: (bytes: Uint8Array) => Uint8Array;
}

/** One viewer over HTTP. Its bytes go past the response: to the socket, or to its own stream of HTTP/2. */
export class HttpPlayer {
  readonly #app: App;
  readonly #format: Format;
  readonly #connection: Duplex;
  readonly #outlet: Outlet;
  readonly #access: Access;
  readonly #chunk: ((bytes: Uint8Array) => Uint8Array) | undefined;
  #subscription: Subscription | undefined;
  #pump: Pump | undefined;
  #state: 'asked' | 'playing' | 'over' = 'asked';

  constructor({ app, request, response, path, format, chunk }: HttpPlayerOptions) {
    const { scheduler } = app;
    const stream = 'stream' in response ? response.stream : undefined;
    this.#app = app;
    this.#format = format;
    this.#connection = stream ?? request.socket;
    this.#outlet = stream ? new Http2Outlet(stream, scheduler) : new SocketOutlet(request.socket, scheduler);
    // Neither HTTP/1.0 nor HTTP/2 knows chunks (RFC 9112 §7, RFC 9113 §8.1).
    const able = request.httpVersion === '1.1';
    this.#chunk = able && NEEDS_CHUNKS.test(request.headers['user-agent'] ?? '') ? chunk : undefined;
    this.#access = {
      action: 'play',
      protocol: format.http,
      path,
      credentials: app.http.credentialsOf(request, { strict: true }),
      remote: app.http.remoteOf(request),
      close: (reason) => this.#end(reason),
      traffic: () => this.#outlet.traffic(),
    };
  }

  /** True where the body has to be in chunks. */
  get chunked(): boolean {
    return this.#chunk !== undefined;
  }

  /** Asks the hub. Throws its refusal. */
  async enter(): Promise<void> {
    this.#subscription = await this.#app.hub.play(this.#access);
    this.#connection.once('close', () => this.leave('lost'));
    if (this.#connection.destroyed) this.leave('lost');
  }

  /** Writes the body, once the head is out. */
  start(): void {
    const subscription = this.#subscription!;
    if (this.#connection.destroyed) return;
    this.#state = 'playing';
    const { feed, muxer } = this.#format;
    this.#pump = new Pump({
      outlet: this.#outlet,
      scheduler: this.#app.scheduler,
      join: (ready) => subscription.join(feed, muxer, ready),
      ...(this.#chunk && { wrap: this.#chunk }),
      finish: (reason) => {
        this.leave(reason);
        this.#end(reason);
      },
      stalled: () => {
        sayStalled(this.#app.log, subscription.session);
        this.leave('error');
        this.#outlet.destroy();
      },
      stallMs: this.#app.settings.limits.viewerStall * 1000,
    });
  }

  leave(reason: EndReason): void {
    this.#pump?.stop();
    this.#subscription?.leave(reason);
  }

  #end(reason: EndReason): void {
    const state = this.#state;
    this.#state = 'over';
    this.#pump?.stop();
    // Nothing was answered yet, and nothing will be.
    if (state === 'asked') this.#outlet.destroy();
    if (state !== 'playing') return;
    if (this.#chunk && this.#connection.writable) this.#outlet.write([LAST_CHUNK]);
    const isUnwanted = reason === 'kicked' || reason === 'revoked';
    this.#outlet.end(isUnwanted ? LINGER_UNWANTED : LINGER);
  }
}
