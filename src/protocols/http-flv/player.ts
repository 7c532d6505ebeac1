import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Muxer } from '../../containers/muxer.ts';
import { Pump } from '../../io/pump.ts';
import type { Access } from '../../live/access.ts';
import type { Subscription } from '../../live/subscription.ts';
import type { EndReason } from '../../media/frame.ts';
import type { App } from '../../plugin.ts';
import { Chunks } from './chunks.ts';

/**
 * Players made of ffmpeg take the end of a body without chunks for a fault and lose its last frames. All others get
 * plain bytes, because framing each write costs time.
 */
const NEEDS_CHUNKS = /^(?:Lavf|libmpv|mpv)\b/;

/** A viewer that does not read to the end must not keep the connection. ms */
const LINGER_MS = 5000;

export interface HttpPlayerOptions {
  app: App;
  request: IncomingMessage;
  path: string;
}

/** One viewer over HTTP. Its bytes go straight to the socket, past the response. */
export class HttpPlayer {
  readonly #app: App;
  readonly #socket: Socket;
  readonly #access: Access;
  readonly #chunks: Chunks | undefined;
  #subscription: Subscription | undefined;
  #pump: Pump | undefined;
  #started = false;

  constructor({ app, request, path }: HttpPlayerOptions) {
    const { socket } = request;
    const before = { in: socket.bytesRead, out: socket.bytesWritten };
    this.#app = app;
    this.#socket = socket;
    this.#chunks = NEEDS_CHUNKS.test(request.headers['user-agent'] ?? '') ? new Chunks() : undefined;
    this.#access = {
      action: 'play',
      protocol: 'http-flv',
      path,
      credentials: app.http.credentialsOf(request, { strict: true }),
      remote: app.http.remoteOf(request),
      close: () => this.#end(),
      traffic: () => ({ in: socket.bytesRead - before.in, out: socket.bytesWritten - before.out }),
    };
  }

  /** True where the body has to be in chunks. */
  get chunked(): boolean {
    return this.#chunks !== undefined;
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
    const chunks = this.#chunks;
    if (this.#socket.destroyed) return;
    this.#started = true;
    this.#pump = new Pump({
      socket: this.#socket,
      join: (ready) => subscription.join('flv', muxer, ready),
      ...(chunks && { head: (bytes: Uint8Array) => chunks.head(bytes) }),
      finish: (reason) => {
        this.leave(reason);
        this.#end();
      },
      stalled: () => {
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

  #end(): void {
    this.#pump?.stop();
    if (this.#started && this.#chunks && this.#socket.writable) this.#socket.write(this.#chunks.end());
    this.#started = false;
    this.#socket.end();
    this.#socket.setTimeout(LINGER_MS, () => this.#socket.destroy());
  }
}
