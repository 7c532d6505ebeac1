import { onTestFinished } from 'vitest';
import { type BodyReader, Mp4Body } from './conformance/http-live/bodies.ts';
import { FlvReader } from './flv-reader.ts';
import { type Port, RawSocket } from './raw-socket.ts';
import { until } from './servers.ts';

const TEXT = 0x81;
const BINARY = 0x82;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;

export type Message = Record<string, unknown> & { type: string };

/** Somebody on a room's socket, who keeps all they are told and shown. Every part that begins with a header is a new film. */
export class RoomViewer {
  readonly raw: RawSocket;
  readonly messages: Message[] = [];
  /** Bytes of each film. */
  readonly films: Buffer[][] = [];
  /** In which order texts and binaries came. */
  readonly order: ('text' | 'media')[] = [];
  closed: { code: number; reason: string } | undefined;
  #id = 0;

  private constructor(raw: RawSocket, alive: boolean) {
    this.raw = raw;
    const read = (): void => {
      for (let frame = raw.take(); frame; frame = raw.take()) this.#hear(frame.first, frame.payload, alive);
    };
    raw.socket.on('data', read);
    read();
  }

  /** Enters a room; gone after the test. `alive: false` answers no ping. */
  static async enter(
    port: Port,
    slug = 'lobby',
    { headers = {}, alive = true }: { headers?: Record<string, string>; alive?: boolean } = {},
  ): Promise<RoomViewer> {
    const raw = await RawSocket.webSocket(port, `/ws/${slug}`, headers);
    onTestFinished(() => raw.destroy());
    return new RoomViewer(raw, alive);
  }

  /** Bytes of the film that comes now. */
  get film(): Buffer {
    return Buffer.concat(this.films.at(-1) ?? []);
  }

  /** All bytes of media so far. */
  get bytes(): number {
    return this.films.flat().reduce((sum, { length }) => sum + length, 0);
  }

  say(type: string, fields: object = {}): number {
    const id = ++this.#id;
    this.raw.frame(TEXT, JSON.stringify({ id, type, ...fields }));
    return id;
  }

  /** Says something and gives its answer. */
  async ask(type: string, fields: object = {}): Promise<Message> {
    const id = this.say(type, fields);
    const find = (): Message | undefined => this.messages.find((message) => message['id'] === id);
    await until(`“${type}” is answered`, find);
    return find()!;
  }

  /** The code of a refusal. */
  async code(type: string, fields: object = {}): Promise<unknown> {
    return (await this.ask(type, fields))['code'];
  }

  told(type: string): Message[] {
    return this.messages.filter((message) => message.type === type);
  }

  /** Sounds and pictures of the film that comes now; fails where its bytes are not as its format says. */
  get media(): { kind: string; key: boolean; timestamp: number }[] {
    const { film } = this;
    if (film.length === 0) return [];
    const reader: FlvReader | BodyReader = isFlv(film) ? new FlvReader() : new Mp4Body();
    reader.push(film);
    if (reader.fault !== undefined) throw new Error(reader.fault);
    if (!(reader instanceof FlvReader)) return [...reader.media];
    return reader.tags.filter(({ kind, config }) => kind !== 'data' && !config);
  }

  #hear(first: number, payload: Buffer, alive: boolean): void {
    if (first === TEXT) {
      this.messages.push(JSON.parse(payload.toString()) as Message);
      this.order.push('text');
    } else if (first === BINARY) {
      if (isFlv(payload) || isMp4(payload)) this.films.push([]);
      this.films.at(-1)!.push(payload);
      this.order.push('media');
    } else if (first === PING && alive) this.raw.frame(PONG, payload);
    else if (first === CLOSE) {
      this.closed = {
        code: payload.length >= 2 ? payload.readUInt16BE() : 1005,
        reason: payload.subarray(2).toString(),
      };
      this.raw.frame(CLOSE, payload.subarray(0, 2));
    } else if (first !== PING && first !== PONG) throw new Error(`a frame that begins with ${first}`);
  }
}

function isFlv(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).toString('latin1') === 'FLV';
}

function isMp4(bytes: Buffer): boolean {
  return bytes.subarray(4, 8).toString('latin1') === 'ftyp';
}
