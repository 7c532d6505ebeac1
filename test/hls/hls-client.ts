import { Agent, type IncomingMessage, request } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { gunzipSync } from 'node:zlib';
import type { Exchange } from './rules-http.ts';

/** How long a player waits for an answer, be it held or not. ms */
const PATIENCE = 30_000;

type Answer = Pick<Exchange, 'status' | 'headers' | 'bytes' | 'took' | 'http'>;

/** Asks over HTTP as a player does: connections are kept, playlists may be packed, and over TLS it speaks HTTP/2. */
export class HlsClient {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sessions = new Map<string, ClientHttp2Session>();
  readonly #stop = new AbortController();
  readonly #cookies = new Map<string, string>();

  /** Rejects where there is no answer, or after `close`. */
  async get(url: string, kind: Exchange['kind'], headers: Record<string, string> = {}): Promise<Exchange> {
    const packed = kind === 'multivariant' || kind === 'media' ? { 'accept-encoding': 'gzip' } : {};
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { ...packed, ...headers, ...(cookie && { cookie }) };
    const answer = await (url.startsWith('https:') ? this.#overTls(url, sent) : this.#plainly(url, sent));
    const bytes = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.bytes) : answer.bytes;
    return { ...answer, url, kind, sent, bytes: new Uint8Array(bytes) };
  }

  close(): void {
    this.#stop.abort();
    this.#agent.destroy();
    for (const session of this.#sessions.values()) session.destroy();
  }

  #plainly(url: string, headers: Record<string, string>): Promise<Answer> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(PATIENCE)]);
      const asked = request(url, { agent: this.#agent, headers, signal }, (response: IncomingMessage) => {
        const took = performance.now() - started;
        const chunks: Uint8Array[] = [];
        response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const known = this.#headersOf(response.headers);
          const { statusCode: status = 0, httpVersion: http } = response;
          resolve({ status, headers: known, bytes: Buffer.concat(chunks), took, http });
        });
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  #overTls(url: string, headers: Record<string, string>): Promise<Answer> {
    const started = performance.now();
    const { origin, pathname, search } = new URL(url);
    let session = this.#sessions.get(origin);
    if (!session || session.destroyed || session.closed) {
      // The certificates of tests are their own.
      session = connect(origin, { rejectUnauthorized: false });
      session.on('error', () => {});
      this.#sessions.set(origin, session);
    }
    const stream = session.request({ ':path': pathname + search, ...headers });
    return new Promise((resolve, reject) => {
      let head: Pick<Answer, 'status' | 'headers' | 'took'> | undefined;
      const chunks: Uint8Array[] = [];
      stream.setTimeout(PATIENCE, () => stream.destroy(new Error(`There is no answer to ${url}.`)));
      stream.on('response', ({ ':status': status = 0, ...rest }) => {
        head = { status, headers: this.#headersOf(rest), took: performance.now() - started };
      });
      stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('close', () => {
        if (head) resolve({ ...head, bytes: Buffer.concat(chunks), http: '2' });
        else reject(new Error(`The connection closed before ${url} was answered.`));
      });
    });
  }

  /** Each as one text; cookies are kept. */
  #headersOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) continue;
      found[name] = String(value);
      if (name !== 'set-cookie') continue;
      for (const cookie of Array.isArray(value) ? (value as string[]) : [String(value)]) {
        const [, key, text] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (key !== undefined && text !== undefined) this.#cookies.set(key, text);
      }
    }
    return found;
  }
}
