import type { Http2Server, Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { MILLISECOND } from '../../media/time.ts';
import type { HttpRequest, HttpResponse } from '../exchange.ts';
import { refuse } from '../refusal.ts';

/** Requests at once on one connection: a page with its parts, or a player that waits for several (RFC 9113 §6.5.2). */
const MAX_STREAMS = 128;
/** MiB that one connection may hold, what waits to be sent among it; above, no new stream is taken. */
const MAX_MEMORY = 8;
/** Streams that are opened and reset at once, and then a second: more is an attack (CVE-2023-44487). */
const RESETS = { streamResetBurst: 200, streamResetRate: 20 } as const;
/** Frames that break the protocol, and streams above the limit, until the connection is cut. */
const MAX_FAULTS = 100;
/** Settings in one frame; there are nine (RFC 9113 §6.5.2 and its registry). */
const MAX_SETTINGS = 32;
/** Names and values in the headers of a request; browsers send about twenty. */
const MAX_HEADERS = 100;
/** A connection on which nothing moves for this long is closed, unless somebody watches over it. ms */
const IDLE_MS = 60_000;
/** A body did not come in time (RFC 9113 §7). */
const CANCEL = 0x8;

export interface Http2Options {
  scheduler: Scheduler;
  maxHeaderBytes: number;
  /** From its headers to the end of a request's body. ms */
  bodyTimeMs: number;
  receive(request: HttpRequest, response: HttpResponse, carrier: Http2Carrier): void;
}

/** The connection that a request came over, together with others. */
export class Http2Carrier {
  readonly connection: Duplex;
  readonly #free: () => void;
  #takers = 0;

  /** `free`: told when the last that stayed is over. */
  constructor(connection: Duplex, free: () => void) {
    this.connection = connection;
    this.#free = free;
  }

  /** True while somebody watches over it. */
  get isTaken(): boolean {
    return this.#takers > 0;
  }

  /** The answer is one without an end. */
  take(response: HttpResponse): void {
    this.#takers++;
    response.once('close', () => {
      if (--this.#takers === 0) this.#free();
    });
  }
}

/** Speaks HTTP/2 (RFC 9113) on connections that were made, and secured, elsewhere. */
export class Http2 {
  readonly #options: Http2Options;
  readonly #server: Http2Server;
  readonly #connections = new WeakSet<Duplex>();
  readonly #carriers = new Map<ServerHttp2Session, Http2Carrier>();

  constructor(options: Http2Options) {
    this.#options = options;
    // Loaded by whom it is needed: a server without TLS starts without it.
    const { createServer } = process.getBuiltinModule('node:http2');
    const settings = {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: options.maxHeaderBytes,
      enableConnectProtocol: false,
    };
    const limits = {
      ...RESETS,
      maxSessionMemory: MAX_MEMORY,
      maxSettings: MAX_SETTINGS,
      maxHeaderListPairs: MAX_HEADERS,
      maxSessionInvalidFrames: MAX_FAULTS,
      maxSessionRejectedStreams: MAX_FAULTS,
    };
    this.#server = createServer({ ...limits, settings }, (request, response) => this.#receive(request, response));
    this.#server.on('session', (session) => this.#follow(session));
  }

  /** Takes a connection that agreed on `h2`. `free`: told when nobody watches over it any more. */
  take(socket: Socket, free: () => void): void {
    let session: ServerHttp2Session | undefined;
    this.#connections.add(socket);
    const opened = (made: ServerHttp2Session): void => void (session = made);
    this.#server.once('session', opened);
    this.#server.emit('connection', socket);
    this.#server.off('session', opened);
    if (session) this.#carriers.set(session, new Http2Carrier(socket, free));
  }

  /** Whether HTTP/2 is spoken on a connection: nothing else may be written to it. */
  has(connection: Duplex): boolean {
    return this.#connections.has(connection);
  }

  /** Takes no new requests; those there are may end by themselves. */
  drain(): void {
    for (const session of this.#carriers.keys()) session.close();
  }

  #follow(session: ServerHttp2Session): void {
    session.once('close', () => this.#carriers.delete(session));
    // What the peer did wrong has ended its connection; there is no more to do.
    session.on('error', () => {});
    session.setTimeout(IDLE_MS);
    session.on('timeout', () => {
      if (!this.#carriers.get(session)?.isTaken) session.destroy();
    });
  }

  #receive(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const { session } = request.stream;
    const carrier = session && this.#carriers.get(session as ServerHttp2Session);
    if (!carrier) return;
    // What the settings say is a word to the peer; Node itself takes four times as much.
    const bytes = request.rawHeaders.reduce((sum, { length }) => sum + length, 0);
    if (bytes > this.#options.maxHeaderBytes) {
      refuse(response, new RoomcastError('too-large', 'The headers are too large.'), { status: 431 });
      return;
    }
    // Its own word for the header (RFC 9113 §8.3.1); all of this server asks for the old one.
    if (request.authority) request.headers.host = request.authority;
    if (!request.stream.endAfterHeaders) this.#awaitBody(request);
    this.#options.receive(request, response, carrier);
  }

  /** Over HTTP/1 Node looks after the time that a body takes. */
  #awaitBody({ stream }: Http2ServerRequest): void {
    const { scheduler, bodyTimeMs } = this.#options;
    const cancel = scheduler.after(bodyTimeMs * MILLISECOND, () => stream.close(CANCEL));
    stream.once('end', cancel);
    stream.once('close', cancel);
  }
}
