import { createHash } from 'node:crypto';
import type { RoomcastError } from '../../errors.ts';
import { type HttpRequest, type HttpResponse, writeHead } from '../../io/exchange.ts';
import { ANY_ORIGIN, errorBody, errorHeaders } from '../../io/refusal.ts';
import type { Held, Holds } from './holds.ts';
import type { Player, Waiting } from './player.ts';
import { names } from './range.ts';

const { gzipSync } = process.getBuiltinModule('node:zlib');

/** Headers of an answer. */
export type Headers = Readonly<Record<string, string>>;

/** A text that many ask for: its bytes are made once, and packed once for those who take that. */
export class Text {
  readonly #bytes: Uint8Array;
  #packed: Uint8Array | undefined;
  #tag: string | undefined;

  constructor(text: string) {
    this.#bytes = Buffer.from(text);
  }

  /** Weak, since packed bytes are others. */
  get tag(): string {
    return (this.#tag ??= `W/"${createHash('sha1').update(this.#bytes).digest('base64url')}"`);
  }

  bytes(packed: boolean): Uint8Array {
    return packed ? (this.#packed ??= gzipSync(this.#bytes)) : this.#bytes;
  }
}

/** A request with the way to its answer; the connection goes on after it. */
export class Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** Whose bytes are counted. */
  player: Player | undefined;

  constructor(request: HttpRequest, response: HttpResponse) {
    this.request = request;
    this.response = response;
  }

  /** True when nobody is there to be answered any more. */
  get over(): boolean {
    return this.response.headersSent || this.response.destroyed || this.request.socket.destroyed;
  }

  /** Bytes that were answered and not taken yet. */
  get queued(): number {
    const { response } = this;
    return 'stream' in response ? (response.stream?.writableLength ?? 0) : response.writableLength;
  }

  /** Ends it in the middle. */
  cut(): void {
    const { response } = this;
    if ('stream' in response) response.stream?.destroy();
    else response.destroy();
  }

  /** What is in the query. */
  get query(): URLSearchParams {
    const { url = '' } = this.request;
    const start = url.indexOf('?');
    return new URLSearchParams(start < 0 ? '' : url.slice(start));
  }

  send(status: number, headers: Headers, buffers: readonly Uint8Array[] = []): void {
    if (this.over) return;
    const length = buffers.reduce((sum, bytes) => sum + bytes.length, 0);
    const own = status === 304 || status === 204 ? {} : { 'Content-Length': String(length) };
    writeHead(this.response, status, { ...ANY_ORIGIN, 'X-Content-Type-Options': 'nosniff', ...own, ...headers });
    if (this.request.method === 'HEAD' || buffers.length === 0) {
      this.response.end();
      return;
    }
    if (this.player) this.player.out += length;
    writeBody(this.response, buffers);
  }

  sendText(text: Text, headers: Headers): void {
    const packed = takesGzip(this.request);
    const own = { 'Content-Type': 'application/vnd.apple.mpegurl', Vary: 'Accept-Encoding', ETag: text.tag };
    if (names(this.request.headers['if-none-match'], text.tag)) {
      this.send(304, { ...own, ...headers });
      return;
    }
    this.send(200, { ...own, ...(packed && { 'Content-Encoding': 'gzip' }), ...headers }, [text.bytes(packed)]);
  }

  refuse(
    error: RoomcastError,
    { status = error.status, headers = {} }: { status?: number; headers?: Headers } = {},
  ): void {
    const own = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...errorHeaders(error) };
    this.send(status, { ...own, ...headers }, [Buffer.from(JSON.stringify(errorBody(error)))]);
  }
}

/** Buffers that many share, one behind the other. */
function writeBody(
  response: { write(bytes: Uint8Array): unknown; end(): unknown },
  buffers: readonly Uint8Array[],
): void {
  for (const bytes of buffers) response.write(bytes);
  response.end();
}

export interface HoldOptions {
  exchange: Exchange;
  /** Where it waits. */
  holds: Holds;
  player: Player;
  /** The rendition that it waits for, if any: a player may have only so many of them waiting. */
  rendition?: object;
  /** µs */
  longest: number;
  /** Answers when the time has come. */
  answer(): boolean;
  /** Answers when it did not come in time. */
  late(): void;
}

/** A request that waits for the stream to go on: until then, until its time is over, or until its player goes. */
export class Hold implements Held, Waiting {
  readonly #options: HoldOptions;

  constructor(options: HoldOptions) {
    this.#options = options;
    const { exchange, holds, player, rendition, longest } = options;
    holds.add(this, longest);
    player.waiting.add(this);
    if (rendition) player.holds.set(rendition, (player.holds.get(rendition) ?? 0) + 1);
    exchange.response.once('close', () => this.#end());
  }

  answer(): boolean {
    const isDone = this.#options.exchange.over || this.#options.answer();
    if (isDone) this.#end();
    return isDone;
  }

  expire(): void {
    this.#end();
    this.#options.late();
  }

  refuse(error: RoomcastError): void {
    this.#end();
    this.#options.exchange.refuse(error);
  }

  #end(): void {
    const { holds, player, rendition } = this.#options;
    holds.remove(this);
    if (!player.waiting.delete(this) || !rendition) return;
    const left = (player.holds.get(rendition) ?? 1) - 1;
    if (left > 0) player.holds.set(rendition, left);
    else player.holds.delete(rendition);
  }
}

/** Whether what is sent may be packed (RFC 9110, 12.5.3). */
export function takesGzip({ headers }: HttpRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(String(headers['accept-encoding'] ?? ''));
}
