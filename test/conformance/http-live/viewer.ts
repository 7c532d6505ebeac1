import { onTestFinished } from 'vitest';
import { FlvReader } from '../../flv-reader.ts';
import { type RawFrame, RawSocket } from '../../raw-socket.ts';
import { type BodyReader, Mp4Body, type Seen, TsBody } from './bodies.ts';

export type Protocol = 'http-flv' | 'ws-flv' | 'http-ts' | 'http-mp4' | 'ws-mp4';
export const protocols: readonly Protocol[] = ['http-flv', 'ws-flv', 'http-ts', 'http-mp4', 'ws-mp4'];
/** Those whose bytes are FLV. */
export const flvProtocols: readonly Protocol[] = ['http-flv', 'ws-flv'];
export const httpProtocols: readonly Protocol[] = ['http-flv', 'http-ts', 'http-mp4'];

export function isSocket(protocol: Protocol): boolean {
  return protocol.startsWith('ws-');
}

/** What addresses end with: `.flv`. */
export function suffixOf(protocol: Protocol): string {
  return protocol.replace(/^.*-/, '.');
}

/** First bytes of frames (RFC 6455 §5.2). */
export const BINARY = 0x82;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;

export interface Question {
  method?: string;
  /** `undefined` leaves a header out. */
  headers?: Record<string, string | undefined>;
  /** Default: 1.1. */
  version?: string;
}

/** What a server says to a request, up to the body. */
export interface Answer {
  raw: RawSocket;
  status: number;
  reason: string;
  headers: Record<string, string>;
}

/** Asks for an address over a bare socket, which is gone after the test. */
export async function ask(
  port: number,
  protocol: Protocol,
  path: string,
  { method = 'GET', headers = {}, version = '1.1' }: Question = {},
): Promise<Answer> {
  const plain = { Connection: undefined, Upgrade: undefined };
  const raw = await RawSocket.upgrade(port, path, { ...(!isSocket(protocol) && plain), ...headers }, method, version);
  onTestFinished(() => raw.destroy());
  return { raw, ...(await raw.head()) };
}

/** The same where a refusal is expected; with the JSON of its body. */
export async function refusal(
  port: number,
  protocol: Protocol,
  path: string,
  question: Question = {},
): Promise<Omit<Answer, 'raw'> & { error: { code: string; message: string } }> {
  const { raw, ...answer } = await ask(port, protocol, path, question);
  const { error } = JSON.parse((await raw.rest()).toString()) as { error: { code: string; message: string } };
  return { ...answer, error };
}

/** A viewer over any of the protocols, which keeps what it is sent. */
export class Viewer {
  /** What it reads, where that is FLV. */
  readonly flv: FlvReader = new FlvReader();
  readonly headers: Record<string, string>;
  readonly status: number;
  /** Frames of the WebSocket. */
  readonly frames: RawFrame[] = [];
  /** Bytes of media as they came: over WebSocket a part is a message. */
  readonly parts: Buffer[] = [];
  /** How the server ended it: the close code of the WebSocket, or the end or the loss of the connection. */
  ended: number | 'end' | 'cut' | undefined;
  readonly #raw: RawSocket;
  readonly #protocol: Protocol;
  readonly #body: BodyReader | undefined;
  readonly #alive: boolean;

  private constructor({ raw, status, headers }: Answer, protocol: Protocol, alive: boolean) {
    this.status = status;
    this.headers = headers;
    this.#raw = raw;
    this.#protocol = protocol;
    this.#body = bodyOf(protocol);
    this.#alive = alive;
    raw.socket.on('data', () => this.#read());
    raw.socket.on('end', () => (this.ended ??= 'end'));
    raw.socket.on('close', () => (this.ended ??= 'cut'));
    this.#read();
  }

  /** `alive: false` answers no ping. */
  static async open(
    port: number,
    protocol: Protocol,
    path: string,
    { alive = true, ...question }: Question & { alive?: boolean } = {},
  ): Promise<Viewer> {
    return new Viewer(await ask(port, protocol, path, question), protocol, alive);
  }

  /** All media so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  get pings(): number {
    return this.frames.filter(({ first }) => first === PING).length;
  }

  /** Sounds and pictures, in order. */
  get media(): readonly Seen[] {
    return this.#body?.media ?? this.flv.tags.filter(({ kind, config }) => kind !== 'data' && !config);
  }

  /** The first thing that is not as the format says. */
  get fault(): string | undefined {
    return this.#body ? this.#body.fault : this.flv.fault;
  }

  #read(): void {
    if (isSocket(this.#protocol)) {
      for (let frame = this.#raw.take(); frame; frame = this.#raw.take()) this.#hear(frame);
      return;
    }
    if (this.#raw.received.length === 0) return;
    this.#keep(this.#raw.received);
    this.#raw.received = Buffer.alloc(0);
  }

  #hear(frame: RawFrame): void {
    this.frames.push(frame);
    const { first, payload } = frame;
    if (first === BINARY) this.#keep(payload);
    else if (first === PING && this.#alive) this.#raw.frame(PONG, payload);
    else if (first === CLOSE) {
      this.ended ??= payload.length >= 2 ? payload.readUInt16BE() : 1005;
      this.#raw.frame(CLOSE, payload.subarray(0, 2));
    }
  }

  #keep(part: Buffer): void {
    this.parts.push(part);
    (this.#body ?? this.flv).push(part);
  }
}

function bodyOf(protocol: Protocol): BodyReader | undefined {
  if (flvProtocols.includes(protocol)) return undefined;
  return protocol === 'http-ts' ? new TsBody() : new Mp4Body();
}
