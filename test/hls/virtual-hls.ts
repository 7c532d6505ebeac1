import { EventEmitter } from 'node:events';
import { gunzipSync } from 'node:zlib';
import type { Options } from '../../src/config/settings.ts';
import { settingsOf } from '../../src/config/settings.ts';
import type { HttpRequest, HttpResponse } from '../../src/io/exchange.ts';
import type { MediaRoute } from '../../src/io/routes.ts';
import type { App, Running } from '../../src/plugin.ts';
import { hls } from '../../src/protocols/hls/index.ts';
import type { LiveStage } from '../live-stage.ts';
import type { Exchange } from './rules-http.ts';

const ORIGIN = 'http://virtual.test';
/** Turns of the microtask queue in which an answer that need not wait is there. */
const TURNS = 40;

/** The HLS of a server whose clock moves only when it is told to: requests have no sockets. */
export class VirtualHls {
  readonly #stage: LiveStage;
  readonly #routes: MediaRoute[] = [];
  readonly #running: Promise<Running>;
  readonly faults: unknown[] = [];

  constructor(stage: LiveStage, options: Options = {}) {
    this.#stage = stage;
    const log = {
      debug() {},
      info() {},
      warn() {},
      error: (fields: unknown) => void this.faults.push(fields),
      child: () => log,
    };
    const http = {
      media: this.#routes,
      remoteOf: () => ({ address: '192.0.2.9' }),
      credentialsOf: () => ({}),
      limitKeyOf: () => undefined,
      isSecure: () => false,
    };
    const app = { settings: settingsOf(options), hub: stage.hub, scheduler: stage.scheduler, http, log };
    // It is all that the plugin uses of a server.
    this.#running = hls.start(app as unknown as App);
  }

  async close(): Promise<void> {
    await (await this.#running).close(Promise.resolve());
  }

  url(path: string): string {
    return `${ORIGIN}/${path}`;
  }

  /** The answer, or undefined while it is held. */
  async get(url: string, kind: Exchange['kind'], headers: Record<string, string> = {}): Promise<Exchange | undefined> {
    const answer = this.ask(url, kind, headers);
    for (let turn = 0; turn < TURNS && !answer.is; turn++) await Promise.resolve();
    return answer.is;
  }

  /** Asks; `is` is the answer once it is there. */
  ask(url: string, kind: Exchange['kind'], sent: Record<string, string> = {}): { is: Exchange | undefined } {
    const started = this.#stage.scheduler.now();
    const { pathname, search } = new URL(url);
    const response = new VirtualResponse();
    const request = {
      method: 'GET',
      url: pathname + search,
      headers: sent,
      rawHeaders: [],
      socket: { destroyed: false },
    };
    const answer: { is: Exchange | undefined } = { is: undefined };
    response.once('close', () => {
      const { status, headers } = response;
      const body = Buffer.concat(response.chunks);
      const bytes = new Uint8Array(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      const took = (this.#stage.scheduler.now() - started) / 1000;
      answer.is = { url, kind, sent, status, headers, bytes, took, http: '1.1' };
    });
    for (const { match, handle } of this.#routes) {
      const found = match(pathname);
      if (found === undefined) continue;
      handle(request as unknown as HttpRequest, response as unknown as HttpResponse, found);
      break;
    }
    return answer;
  }
}

/** As much of an answer as is written to. */
class VirtualResponse extends EventEmitter {
  status = 0;
  headers: Record<string, string> = {};
  headersSent = false;
  destroyed = false;
  readonly chunks: Uint8Array[] = [];

  writeHead(status: number, headers: Record<string, string | number>): void {
    this.status = status;
    this.headersSent = true;
    this.headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
  }

  write(bytes: Uint8Array): boolean {
    this.chunks.push(bytes);
    return true;
  }

  end(bytes?: Uint8Array): void {
    if (bytes) this.chunks.push(bytes);
    this.emit('close');
  }
}
