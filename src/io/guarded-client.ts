import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { RoomcastError } from '../errors.ts';
import type { Scheduler } from '../live/scheduler.ts';
import { SECOND } from '../media/time.ts';
import { resolveHost, type ResolveHost } from './host-addresses.ts';
import { OutgoingRules, type Target, targetOf } from './outgoing-rules.ts';

/** Headers of an answer, which nobody here reads much of. Bytes */
const MAX_HEADERS = 16 * 1024;
/** Addresses of one name that are tried. */
const MAX_ADDRESSES = 8;
/** What we call ourselves, so that the logs of others name us. */
const AGENT = 'roomcast';

export interface GuardedClientOptions {
  scheduler: Pick<Scheduler, 'after'>;
  /** Addresses, networks and `HOST:PORT` that may be reached beside the internet. */
  allow: readonly string[];
  /** From asking for the address of a name to the last byte of the answer. µs */
  time: number;
  /** Largest body of an answer. Bytes */
  maxAnswer: number;
  /** Default: the servers of names that the system uses. */
  resolve?: ResolveHost;
  /** Who vouches for servers, as PEM. Default: whom Node believes. */
  ca?: string;
}

/** What is asked of another server. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** µs, where it is to be shorter than the client's own. */
  readonly time?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The one way out to servers that somebody names to us. It speaks http and https, resolves a name once, and connects to an address
 * that it has looked at, never to what the name means a moment later. It follows no redirect, waits no longer and reads
 * no more than it is told, and holds certificates against the name.
 */
export class GuardedClient {
  readonly #options: GuardedClientOptions;
  readonly #rules: OutgoingRules;

  constructor(options: GuardedClientOptions) {
    this.#options = options;
    this.#rules = new OutgoingRules(options.allow);
  }

  /** Looks at an address without asking anybody. Throws `outgoing-refused`. */
  check(url: string): void {
    this.#rules.read(url);
  }

  /**
   * Throws `outgoing-refused` for what may not be reached, `no-answer` for what cannot, `time-out`, and `too-large`; and
   * the reason of the signal that ends it. Nothing in an error is from the other server.
   */
  async request(asked: OutgoingRequest): Promise<OutgoingAnswer> {
    const { scheduler } = this.#options;
    const url = this.#rules.read(asked.url);
    const time = Math.min(this.#options.time, asked.time ?? Infinity);
    const late = new AbortController();
    const cancel = scheduler.after(time, () =>
      late.abort(new RoomcastError('time-out', `There was no answer within ${time / SECOND} s.`)),
    );
    const signal = asked.signal ? AbortSignal.any([late.signal, asked.signal]) : late.signal;
    try {
      signal.throwIfAborted();
      const target = targetOf(url);
      const addresses = await this.#addresses(target, signal);
      return await this.#exchange({ url, target, addresses, asked, signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : inWords(error);
    } finally {
      cancel();
    }
  }

  /** The addresses of a target, each of which may be reached: a name that has another one, too, is up to something. */
  async #addresses(target: Target, signal: AbortSignal): Promise<readonly string[]> {
    const { host } = target;
    const { resolve = resolveHost } = this.#options;
    const found = isIP(host) === 0 ? await unlessAborted(resolve(host, signal), signal) : [host];
    for (const address of found) this.#rules.check(address, target);
    return found.slice(0, MAX_ADDRESSES);
  }

  async #exchange(exchange: {
    url: URL;
    target: Target;
    addresses: readonly string[];
    asked: OutgoingRequest;
    signal: AbortSignal;
  }): Promise<OutgoingAnswer> {
    const { url, target, addresses, asked, signal } = exchange;
    const { body = '', method } = asked;
    const options: RequestOptions & { ca?: string } = {
      method,
      host: target.host,
      port: target.port,
      path: url.pathname + url.search,
      headers: {
        Host: url.host,
        'User-Agent': AGENT,
        ...asked.headers,
        ...(method === 'POST' ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}),
      },
      // A connection of its own, which no other request has opened and no proxy is on.
      agent: false,
      lookup: pinned(addresses),
      maxHeaderSize: MAX_HEADERS,
      signal,
      ...(this.#options.ca === undefined ? {} : { ca: this.#options.ca }),
    };
    // As imports they would load the built-in fetch, too.
    const { request: send } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
    return new Promise((resolve, reject) => {
      let answers = false;
      const request = send(options, (response) => {
        answers = true;
        this.#read(response).then(resolve, reject);
      });
      request.once('error', reject);
      // Also where a server changes to another protocol, which nobody asked it for.
      request.once('close', () => answers || reject(new Error('closed')));
      request.end(body);
    });
  }

  async #read(response: IncomingMessage): Promise<OutgoingAnswer> {
    const { maxAnswer } = this.#options;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the response and its connection.
      if (size > maxAnswer) throw new RoomcastError('too-large', `The answer is larger than ${maxAnswer} bytes.`);
      chunks.push(chunk);
    }
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
  }
}

/** In place of asking for a name: the addresses that were looked at, whatever the name means by now. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, { all: wantsAll }, callback) => {
    if (wantsAll) callback(null, all);
    else callback(null, all[0]!.address, all[0]!.family);
  };
}

function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Says what went wrong in words of ours, without what the other side said. */
function inWords(error: unknown): RoomcastError {
  if (error instanceof RoomcastError) return error;
  const { code = '' } = error as { code?: string };
  const words = Object.entries(REASONS).find(([, codes]) => codes.test(code))?.[0] ?? 'The connection was lost.';
  return new RoomcastError('no-answer', words, { cause: error });
}

const REASONS: Readonly<Record<string, RegExp>> = {
  'Its name is not known.': /^(?:ENOTFOUND|ENODATA|EBADNAME|ENONAME)$/,
  'No server of names answers for it.': /^(?:ETIMEOUT|ESERVFAIL|EREFUSED|ECANCELLED|EFORMERR)$/,
  'Nothing listens there.': /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
  'Its certificate is not one for this host that can be believed.': /CERT|ISSUER|SIGNATURE|ALTNAME|SELF_SIGNED/,
  'It does not speak TLS.': /^(?:ERR_SSL|EPROTO)/,
  'Its answer is no HTTP.': /^HPE_/,
};
