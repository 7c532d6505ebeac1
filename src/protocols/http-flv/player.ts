import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Muxer } from '../../containers/muxer.ts';
import { Pump } from '../../io/pump.ts';
import { endSocket } from '../../io/end-socket.ts';
import { sayStalled } from '../../io/stalled.ts';
import type { Access } from '../../live/access.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { EndReason } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { LAST_CHUNK } from './chunks.ts';

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
  request: IncomingMessage;
  path: string;
  /** Makes a chunk of a body that needs them. */
  chunk: (bytes: Uint8Array) => Uint8Array;
}

/** One viewer over HTTP. Its bytes go straight to the socket, past the response. */
export class HttpPlayer {
  readonly #app: App;
  readonly #socket: Socket;
  readonly #access: Access;
  readonly #chunk: ((bytes: Uint8Array) => Uint8Array) | undefined;
  #subscription: Subscription | undefined;
  #pump: Pump | undefined;
  #started = false;

  constructor({ app, request, path, chunk }: HttpPlayerOptions) {
    const { socket } = request;
    const before = { in: socket.bytesRead, out: socket.bytesWritten };
    this.#app = app;
    this.#socket = socket;
    // HTTP/1.0 knows no chunks (RFC 9112 §7).
    const able = request.httpVersion !== '1.0';
    this.#chunk = able && NEEDS_CHUNKS.test(request.headers['user-agent'] ?? '') ? chunk : undefined;
    this.#access = {
      action: 'play',
      protocol: 'http-flv',
      path,
      credentials: app.http.credentialsOf(request, { strict: true }),
      remote: app.http.remoteOf(request),
      close: (reason) => this.#end(reason),
      traffic: () => ({ in: socket.bytesRead - before.in, out: socket.bytesWritten - before.out }),
    };
  }

  /** True where the body has to be in chunks. */
  get chunked(): boolean {
    return this.#chunk !== undefined;
  }

  /** Asks the hub. Throws its refusal. */
  async enter(): Promise<void> {
    this.#subscription = await this.#app.hub.play(this.#access);
    this.#socket.once('close', () => this.leave('lost'));
    if (this.#socket.destroyed) this.leave('lost');
  }

  /** Writes the body, once the head is out. */
  start(muxer: () => Muxer): void {
    const subscription = this.#subscription!;
    if (this.#socket.destroyed) return;
    this.#started = true;
    this.#pump = new Pump({
      socket: this.#socket,
      scheduler: this.#app.scheduler,
      join: (ready) => subscription.join('flv', muxer, ready),
      ...(this.#chunk && { wrap: this.#chunk }),
      finish: (reason) => {
        this.leave(reason);
        this.#end(reason);
      },
      stalled: () => {
        sayStalled(this.#app.log, subscription.session);
        this.leave('error');
        this.#socket.destroy();
      },
      stallMs: this.#app.settings.limits.viewerStall * 1000,
    });
  }

  leave(reason: EndReason): void {
    this.#pump?.stop();
    this.#subscription?.leave(reason);
  }

  #end(reason: EndReason): void {
    this.#pump?.stop();
    if (this.#started && this.#chunk && this.#socket.writable) this.#socket.write(LAST_CHUNK);
    this.#started = false;
    if (this.#socket.destroyed) return;
    const isUnwanted = reason === 'kicked' || reason === 'revoked';
    endSocket(this.#socket, this.#app.scheduler, isUnwanted ? LINGER_UNWANTED : LINGER);
  }
}
