import { randomBytes } from 'node:crypto';
import { connect, isIP, type Socket } from 'node:net';
import { amfLimits } from '../../containers/amf/index.ts';
import type { MediaEvent } from '../../containers/demuxer.ts';
import { ProtocolError, RoomcastError, toRoomcastError } from '../../errors.ts';
import { endSocket } from '../../io/end-socket.ts';
import { distrustInWords } from '../../io/tls/trust.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { movedTo, rtmpTarget, type RtmpTarget } from './address.ts';
import type { ChunkLimits } from './chunk-reader.ts';
import { type RtmpClientEvent, RtmpClientWire } from './client-wire.ts';

/** From connecting to publishing or playing. */
const CONNECT_TIME = 10 * SECOND;
/** After our last byte the server has this long to close its side. */
const LINGER = 1500 * MILLISECOND;
/** A server that says nothing is asked by TCP whether it is still there after this long, ms. */
const KEEP_ALIVE_MS = 20_000;
/** A server may send what a publisher may: whole messages up to the field's end. */
const LIMITS: ChunkLimits = { message: 0xff_ffff, partial: 32 * 2 ** 20, chunkStreams: 64, chunkRate: 200_000 };

export interface RtmpClientOptions {
  /** `rtmp://host[:port]/app/name?query`, or the same with `rtmps:`. */
  url: string;
  /** Where to go instead: what a `reconnect` gave. */
  target?: RtmpTarget;
  action: 'publish' | 'play';
  scheduler: Scheduler;
  /** µs until it must publish or play. Default 10 s. */
  connectTime?: number;
  /** What a player gets, in order. */
  media?(event: MediaEvent): void;
  /** What the server says, for a log. */
  status?(status: { level: string; code: string; description: string }): void;
}

/**
 * How a connection ended: `ended` is the clean end of the broadcast, `left` our own, `reconnect` the server's wish, with
 * the place to go to where it is another.
 */
export type RtmpEnd =
  | { reason: 'ended' }
  | { reason: 'left' }
  | { reason: 'reconnect'; error: RoomcastError; target?: RtmpTarget }
  | { reason: 'lost'; error: RoomcastError };

/**
 * Connects and asks to publish or play. Rejects with the server's refusal, `time-out` or `protocol-error`; never names
 * the URL, which may hold a key.
 */
export async function connectRtmp(options: RtmpClientOptions): Promise<RtmpClient> {
  const client = new RtmpClient(options);
  await client.ready;
  return client;
}

/** One connection to an RTMP server that publishes or plays one stream. */
export class RtmpClient {
  /** Resolves when the server has said yes. */
  readonly ready: Promise<void>;
  /** Resolves when it is over, whoever ended it. Never rejects. */
  readonly ended: Promise<RtmpEnd>;
  readonly #options: RtmpClientOptions;
  readonly #socket: Socket;
  readonly #wire: RtmpClientWire;
  readonly #accepted = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<RtmpEnd>();
  readonly #drains: (() => void)[] = [];
  readonly #cancel: () => void;
  readonly #target: RtmpTarget;
  #isReady = false;
  #isEnding = false;

  constructor(options: RtmpClientOptions) {
    const target = options.target ?? rtmpTarget(options.url);
    if (!target)
      throw new RoomcastError(
        'bad-request',
        'The address is not of the form rtmp://host[:port]/app/name, or rtmps://….',
      );
    const { action, scheduler, connectTime = CONNECT_TIME } = options;
    this.#options = options;
    this.#target = target;
    this.ready = this.#accepted.promise;
    this.ended = this.#over.promise;
    const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
    const now = scheduler.now();
    this.#wire = new RtmpClientWire({ action, target, random, limits: LIMITS, amf: amfLimits, connectTime, now });
    this.#socket = socketTo(target);
    this.#socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    this.#cancel = scheduler.after(connectTime, () => this.#handle(this.#wire.tick(scheduler.now())));
    this.#listen();
  }

  /** Bytes that wait to be written. A publisher that is not live by itself waits for `drained` while there are many. */
  get queued(): number {
    return this.#socket.writableLength;
  }

  /** Bytes on the wire so far. */
  get traffic(): { in: number; out: number } {
    return { in: this.#socket.bytesRead, out: this.#socket.bytesWritten };
  }

  /** Publishes a track ahead of its first frame. */
  announce(track: Track): void {
    this.#wire.announce(track);
    this.#flush();
  }

  /** Publishes a frame; false when the socket has enough for now. */
  write(frame: Frame): boolean {
    this.#wire.write(frame);
    this.#flush();
    return !this.#socket.writableNeedDrain;
  }

  /** Resolves when the socket has taken what was written, or is closed. */
  drained(): Promise<void> {
    if (!this.#socket.writableNeedDrain || this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#drains.push(resolve));
  }

  /** Holds a player's bytes back, and lets them come again. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends it cleanly: what was written arrives, and a broadcast ends at once. */
  async leave(): Promise<void> {
    this.#wire.leave();
    this.#finish({ reason: 'left' });
    await this.ended;
    if (!this.#socket.destroyed) await new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
  }

  /** Cuts the connection without another word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #listen(): void {
    const { scheduler } = this.#options;
    let cause: unknown;
    this.#accepted.promise.catch(() => {}); // a caller may look at `ended` alone
    this.#socket.on('connect', () => this.#flush());
    this.#socket.on('data', (bytes: Buffer) => {
      const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#handle(this.#wire.receive(plain, scheduler.now()));
    });
    this.#socket.on('drain', () => this.#drained());
    this.#socket.on('error', (error) => (cause = error));
    this.#socket.on('close', () => {
      this.#wire.abandon();
      this.#settle({ reason: 'lost', error: this.#lost(cause) });
      this.#cancel();
      this.#drained();
    });
  }

  #handle(events: readonly RtmpClientEvent[]): void {
    try {
      for (const event of events) this.#obey(event);
      this.#flush();
    } catch (error) {
      this.#settle({ reason: 'lost', error: toRoomcastError(error) });
      this.#socket.destroy();
    }
  }

  #obey(event: RtmpClientEvent): void {
    switch (event.type) {
      case 'ready':
        this.#cancel();
        this.#isReady = true;
        this.#accepted.resolve();
        return;
      case 'track':
      case 'frame':
        this.#options.media?.(event);
        return;
      case 'status':
        this.#options.status?.(event);
        return;
      case 'end':
        this.#finish({ reason: 'ended' });
        return;
      case 'reconnect':
        this.#wire.abandon();
        this.#finish(reconnect(this.#target, event.tcUrl));
        return;
      case 'close':
        this.#finish({ reason: 'lost', error: event.error });
    }
  }

  #finish(end: RtmpEnd): void {
    this.#settle(end);
    this.#flush();
    if (this.#isEnding || this.#socket.destroyed) return;
    this.#isEnding = true;
    this.#socket.resume();
    endSocket(this.#socket, this.#options.scheduler, LINGER);
  }

  /** The first end is the one that counts. */
  #settle(end: RtmpEnd): void {
    this.#over.resolve(end);
    this.#accepted.reject(
      end.reason === 'lost' ? end.error : new ProtocolError('The RTMP server ended the connection.'),
    );
  }

  #drained(): void {
    for (const resolve of this.#drains.splice(0)) resolve();
  }

  #flush(): void {
    if (this.#socket.connecting || !this.#socket.writable) return;
    const out = this.#wire.toSend();
    if (out.length === 0) return;
    this.#socket.cork();
    for (const bytes of out) this.#socket.write(bytes);
    this.#socket.uncork();
  }

  /** A connection that broke, in words that name the host and never the URL. */
  #lost(cause: unknown): RoomcastError {
    const place = `${this.#target.host}:${this.#target.port}`;
    return new ProtocolError(causeInWords(cause, place) ?? this.#silence(place), 'time-out');
  }

  #silence(place: string): string {
    return this.#isReady
      ? `The RTMP server at ${place} closed the connection.`
      : `The server at ${place} closed the connection without an answer. It may not know this key or application.`;
  }
}

/** Over TLS the server has to prove that it is the host of the address. */
function socketTo({ secure, host, port }: RtmpTarget): Socket {
  if (!secure) return connect({ host, port });
  // As an import it would be loaded for nothing by those who go without.
  const tls = process.getBuiltinModule('node:tls');
  return tls.connect({ host, port, ...(isIP(host) === 0 && { servername: host }) });
}

/** The end of a connection whose server asked to connect anew, to another place where it names one. */
function reconnect(from: RtmpTarget, place: string | undefined): RtmpEnd {
  const target = place === undefined ? undefined : movedTo(from, place);
  const isLost = place !== undefined && target === undefined;
  const words = isLost ? ' at a place that is not of the form rtmp://host[:port]/app; it is tried where it was.' : '.';
  const error = new ProtocolError(`The RTMP server asked to connect anew${words}`, 'time-out');
  return { reason: 'reconnect', error, ...(target ? { target } : {}) };
}

/** What the system says of a connection, as people say it; undefined where it says nothing. */
function causeInWords(cause: unknown, place: string): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The host of ${place} was not found.`;
  if (code === 'ECONNREFUSED') return `Nothing listens at ${place}.`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return `There is no way to ${place} from this machine.`;
  if (code === 'ETIMEDOUT') return `${place} does not answer.`;
  return distrustInWords(cause, place) ?? `The connection to ${place} was lost: ${cause.message}.`;
}
