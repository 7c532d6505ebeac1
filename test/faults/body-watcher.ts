import { get } from 'node:http';
import { type ClientHttp2Stream, connect } from 'node:http2';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type BodyReader, Mp4Body, type Seen, TsBody } from '../conformance/http-live/bodies.ts';

/** Bytes that HTTP/2 may send before they were read (RFC 9113 §6.5.2); Node's own default. */
const WINDOW = 65_535;
/** How often one reads that reads slowly, ms. */
const SIP = 100;

export interface BodyWatcherOptions {
  /** Where the body ends, as one of MP4 does when a track changes, it asks anew. */
  again?: boolean;
  /** Bytes a second that it reads; over HTTP/2. */
  rate?: number;
  /** Bytes that it takes before it has read them; over HTTP/2. */
  window?: number;
}

/** `at`: when it came, ms of the monotonic clock. `body`: which of the bodies it came in, from 0. */
type Came = Seen & { at: number; body: number };

/** A viewer of MPEG-TS or MP4 without an end that remembers what came when, as `Watcher` does for FLV. */
export class BodyWatcher {
  readonly frames: Came[] = [];
  /** How it ended: `end`, `error`, `close`, or the close code of the WebSocket. */
  ended: string | undefined;
  status: number | undefined;
  /** How often a body ended and it asked anew. */
  rejoined = 0;
  /** Bytes a second that it reads. */
  rate: number;
  readonly #url: string;
  readonly #options: BodyWatcherOptions;
  #body: BodyReader;
  #fault: string | undefined;
  #stop: () => void = () => {};
  #stopped = false;

  /** `url`: over HTTP, HTTP/2 where it is `https:`, or WebSocket. */
  constructor(url: string, options: BodyWatcherOptions = {}) {
    this.#url = url;
    this.#options = options;
    this.rate = options.rate ?? Infinity;
    this.#body = this.#open();
    onTestFinished(() => this.stop());
  }

  stop(): void {
    this.#stopped = true;
    this.#stop();
  }

  get pictures(): Came[] {
    return this.frames.filter(({ kind }) => kind === 'video');
  }

  get sounds(): Came[] {
    return this.frames.filter(({ kind }) => kind === 'audio');
  }

  /** The first thing that is not as the format says. */
  get fault(): string | undefined {
    return this.#fault ?? this.#body.fault;
  }

  /** When each frame came, ms of the monotonic clock. */
  get arrivals(): number[] {
    return this.frames.map(({ at }) => at);
  }

  /** ms since something came last. */
  get silence(): number {
    return performance.now() - (this.frames.at(-1)?.at ?? 0);
  }

  #open(): BodyReader {
    const url = this.#url;
    this.#body = new URL(url).pathname.endsWith('.ts') ? new TsBody() : new Mp4Body();
    this.#stop = url.startsWith('ws')
      ? this.#overSocket()
      : url.startsWith('https')
        ? this.#overTls()
        : this.#plainly();
    return this.#body;
  }

  #push(bytes: Uint8Array): void {
    const at = performance.now();
    const { media } = this.#body;
    const before = media.length;
    this.#body.push(bytes);
    for (const seen of media.slice(before)) this.frames.push({ ...seen, at, body: this.rejoined });
  }

  #end(how: string): void {
    const { again = false } = this.#options;
    if (again && how === 'end' && !this.#stopped) {
      this.#fault ??= this.#body.fault;
      this.#stop();
      this.rejoined++;
      this.#open();
    } else this.ended ??= how;
  }

  /** Of what one request brings only the first end counts. */
  #ender(): (how: string) => void {
    let over = false;
    return (how) => {
      if (!over) this.#end(how);
      over = true;
    };
  }

  #plainly(): () => void {
    const end = this.#ender();
    const request = get(this.#url, { agent: false }, (response) => {
      this.status = response.statusCode;
      response.on('data', (bytes: Buffer) => this.#push(bytes));
      response.on('end', () => end('end'));
      response.on('error', () => end('error'));
      response.on('close', () => end('close'));
    });
    request.on('error', () => end('error'));
    return () => request.destroy();
  }

  #overTls(): () => void {
    const end = this.#ender();
    const { origin, pathname } = new URL(this.#url);
    const { window = WINDOW } = this.#options;
    // The certificates of tests are their own.
    const session = connect(origin, { rejectUnauthorized: false, settings: { initialWindowSize: window } });
    session.on('connect', () => session.setLocalWindowSize(window));
    session.on('error', () => end('error'));
    const stream = session.request({ ':path': pathname });
    stream.on('response', ({ ':status': status }) => (this.status = status));
    stream.on('error', () => end('error'));
    stream.on('end', () => end('end'));
    stream.on('close', () => end('close'));
    this.#read(stream);
    return () => session.destroy();
  }

  #read(stream: ClientHttp2Stream): void {
    if (this.rate === Infinity) {
      stream.on('data', (bytes: Buffer) => this.#push(bytes));
      return;
    }
    let due = 0;
    const timer = setInterval(() => {
      due += (this.rate * SIP) / 1000;
      const bytes = stream.read(Math.floor(Math.min(due, stream.readableLength))) as Buffer | null;
      due = Math.min(due - (bytes?.length ?? 0), this.rate);
      if (bytes) this.#push(bytes);
      if (this.rate !== Infinity) return;
      clearInterval(timer);
      this.#read(stream);
    }, SIP);
    stream.on('close', () => clearInterval(timer));
  }

  #overSocket(): () => void {
    const end = this.#ender();
    const socket = new WebSocket(this.#url, { rejectUnauthorized: false });
    socket.on('upgrade', ({ statusCode }) => (this.status = statusCode));
    socket.on('message', (bytes: Buffer) => this.#push(new Uint8Array(bytes)));
    socket.on('close', (code) => end(code === 1000 ? 'end' : String(code)));
    socket.on('error', () => end('error'));
    return () => socket.terminate();
  }
}
