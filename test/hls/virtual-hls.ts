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

/** How somebody asks who does not just GET. */
export interface Manner {
  /** The script of a page, as browsers tell; the default. */
  isScript?: boolean;
  method?: string;
  /** The connection of HTTP/2 that it comes by. */
  session?: object;
  /** Takes nothing of the answer. */
  stuck?: boolean;
}

/** A request that is under way. */
export interface Asked {
  /** The answer, once it is there. */
  is: Exchange | undefined;
  /** It was cut off in the middle. */
  readonly cut: boolean;
  /** Who asked is gone. */
  leave(): void;
}

/** The HLS of a server whose clock moves only when it is told to: requests have no sockets. */
export class VirtualHls {
  readonly #stage: LiveStage;
  readonly #routes: MediaRoute[] = [];
  readonly #running: Promise<Running>;
  readonly faults: unknown[] = [];
  /** What the log says that is no fault. */
  readonly said: string[] = [];

  /** `afar`: limits per address hold for who asks. */
  constructor(stage: LiveStage, options: Options = {}, { afar = false }: { afar?: boolean } = {}) {
    this.#stage = stage;
    const log = {
      debug() {},
      info: (_fields: unknown, message: string) => void this.said.push(message),
      warn: (_fields: unknown, message: string) => void this.said.push(message),
      error: (fields: unknown) => void this.faults.push(fields),
      child: () => log,
    };
    const http = {
      media: this.#routes,
      remoteOf: ({ headers }: HttpRequest) => ({
        address: headers['x-forwarded-for'] ?? '192.0.2.9',
        agent: headers['user-agent'],
      }),
      credentialsOf: ({ headers }: HttpRequest) => (headers.authorization ? { bearer: headers.authorization } : {}),
      limitKeyOf: () => (afar ? '192.0.2.9' : undefined),
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
  async get(
    url: string,
    kind: Exchange['kind'],
    headers: Record<string, string> = {},
    manner: Manner = {},
  ): Promise<Exchange | undefined> {
    const answer = this.ask(url, kind, headers, manner);
    for (let turn = 0; turn < TURNS && !answer.is; turn++) await Promise.resolve();
    return answer.is;
  }

  ask(url: string, kind: Exchange['kind'], sent: Record<string, string> = {}, manner: Manner = {}): Asked {
    const started = this.#stage.scheduler.now();
    const { pathname, search } = new URL(url);
    const { method = 'GET', session, stuck = false, isScript = true } = manner;
    const headers = { ...(isScript && { 'sec-fetch-dest': 'empty' }), ...sent };
    const response = new VirtualResponse(stuck);
    const request = {
      method,
      url: pathname + search,
      headers,
      rawHeaders: Object.entries(headers).flat(),
      socket: { destroyed: false },
      ...(session && { stream: { session } }),
    };
    const answer: Asked = {
      is: undefined,
      get cut() {
        return response.destroyed;
      },
      leave: () => response.destroy(),
    };
    response.once('close', () => {
      if (response.destroyed) return;
      const { status } = response;
      const body = Buffer.concat(response.chunks);
      const bytes = new Uint8Array(response.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      const took = (this.#stage.scheduler.now() - started) / 1000;
      answer.is = { url, kind, sent, status, headers: response.headers, bytes, took, http: '1.1' };
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
  readonly #stuck: boolean;

  constructor(stuck: boolean) {
    super();
    this.#stuck = stuck;
  }

  get writableLength(): number {
    return this.#stuck ? this.chunks.reduce((sum, { length }) => sum + length, 0) : 0;
  }

  writeHead(status: number, headers: Record<string, string | number>): void {
    if (this.headersSent) throw new Error('It is answered already.');
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
    if (!this.#stuck) this.emit('close');
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}
