import { type AmfLimits, type AmfValue, decodeAmf0, decodeAmf3Command } from '../../containers/amf/index.ts';
import type { MediaEvent } from '../../containers/demuxer.ts';
import { FlvTagDecoder, type FlvTagDecoderOptions, tagType } from '../../containers/flv/index.ts';
import { ProtocolError, type RoomcastError } from '../../errors.ts';
import { Acknowledger } from './acknowledger.ts';
import type { Asked } from './address.ts';
import { type ChunkLimits, ChunkReader } from './chunk-reader.ts';
import { Commands, type CommandEvent } from './commands.ts';
import { type HandshakeTools, ServerHandshake } from './handshake.ts';
import { controlEvent, type Message, messageType, splitAggregate, userControl } from './message.ts';
import { control, inWords, playing, playOver, playRefused, publishRefused, status } from './replies.ts';

/** What a peer wants or sends. After `publish` or `play` the wire reads on only when it was answered. */
export type RtmpEvent =
  | { type: 'publish'; asked: Asked; agent: string | undefined }
  | { type: 'play'; asked: Asked; agent: string | undefined }
  | MediaEvent
  /** A clean end from the peer's side. */
  | { type: 'unpublish' }
  | { type: 'stop' }
  | { type: 'pause'; on: boolean }
  /** The connection is over once `toSend()` is written. */
  | { type: 'close'; error: RoomcastError };

export interface WireOptions extends HandshakeTools {
  /** Before publishing is allowed, and after. */
  early: ChunkLimits;
  limits: ChunkLimits;
  amf: AmfLimits;
  tags: FlvTagDecoderOptions;
  /** µs from the start to publishing or playing, and the longest silence until then. */
  handshakeTime: number;
  handshakeIdle: number;
  /** µs without media after which a publisher is lost. */
  publisherSilence: number;
  /** Monotonic µs at which the connection came. */
  now: number;
}

type State = 'open' | 'asking' | 'publishing' | 'playing' | 'over';

/** The server's side of one RTMP connection: bytes and time in, events and bytes out. */
export class RtmpWire {
  readonly #options: WireOptions;
  readonly #handshake: ServerHandshake;
  readonly #chunks: ChunkReader;
  readonly #commands = new Commands();
  readonly #acknowledger = new Acknowledger();
  readonly #decoder: FlvTagDecoder;
  #greeted = false;
  #state: State = 'open';
  #asked: 'publish' | 'play' | undefined;
  #queue: Message[] = [];
  #out: Uint8Array[] = [];
  #heard: number;
  #media = 0;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#handshake = new ServerHandshake(options);
    this.#chunks = new ChunkReader(options.early);
    this.#decoder = new FlvTagDecoder(options.tags);
    this.#heard = options.now;
  }

  get state(): State {
    return this.#state;
  }

  /** Codecs that came and cannot be carried. */
  get unsupported(): readonly string[] {
    return this.#decoder.unsupported;
  }

  /** Never throws: what the peer does wrong ends in a `close` event. */
  receive(bytes: Uint8Array, now: number): RtmpEvent[] {
    if (this.#state === 'over') return [];
    this.#heard = now;
    try {
      this.#say(this.#acknowledger.received(bytes.length));
      const rest = this.#greeted ? bytes : this.#greet(bytes);
      if (rest.length > 0) this.#queue.push(...this.#chunks.push(rest, now));
      return this.#work(now);
    } catch (error) {
      return [this.#fail(error)];
    }
  }

  /** Answers the `publish` or `play` that was asked, and reads on. */
  accept(now: number): RtmpEvent[] {
    if (this.#state !== 'asking') return [];
    if (this.#asked === 'publish') {
      this.#state = 'publishing';
      this.#media = now;
      this.#chunks.limits = this.#options.limits;
      this.#out.push(status('status', 'NetStream.Publish.Start', 'Publishing.'));
    } else {
      this.#state = 'playing';
      this.#out.push(...playing());
    }
    try {
      return this.#work(now);
    } catch (error) {
      return [this.#fail(error)];
    }
  }

  /** Refuses what was asked; the connection ends. */
  reject(error: RoomcastError): void {
    if (this.#state !== 'asking') return;
    this.#out.push(this.#asked === 'publish' ? publishRefused(error) : playRefused(error));
    this.#over();
  }

  /** The server ends the session. Without an error it is the clean end of a broadcast. */
  finish(error?: RoomcastError): void {
    if (this.#state === 'playing' && error) this.#out.push(status('error', 'NetStream.Play.Failed', inWords(error)));
    if (this.#state === 'playing') this.#out.push(...playOver());
    if (this.#state === 'publishing') {
      this.#out.push(
        error
          ? status('error', 'NetStream.Publish.Denied', inWords(error))
          : status('status', 'NetStream.Unpublish.Success', 'The server ended the stream.'),
      );
    }
    this.#over();
  }

  /** Bytes to write now. */
  toSend(): Uint8Array[] {
    const out = this.#out;
    if (out.length > 0) this.#out = [];
    return out;
  }

  /** When `tick` must be called next, monotonic µs; undefined when nothing is waited for. */
  deadline(): number | undefined {
    const { now, handshakeTime, handshakeIdle, publisherSilence } = this.#options;
    if (this.#state === 'open') return Math.min(now + handshakeTime, this.#heard + handshakeIdle);
    return this.#state === 'publishing' ? this.#media + publisherSilence : undefined;
  }

  tick(now: number): RtmpEvent[] {
    const deadline = this.deadline();
    if (deadline === undefined || now < deadline) return [];
    const words = this.#state === 'publishing' ? 'The publisher sent no media for too long.' : 'The peer asked for nothing in time.';
    return [this.#fail(new ProtocolError(words, 'time-out'))];
  }

  #greet(bytes: Uint8Array): Uint8Array {
    const { send, rest } = this.#handshake.push(bytes);
    if (send.length > 0) this.#out.push(send);
    if (rest) this.#greeted = true;
    return rest ?? new Uint8Array(0);
  }

  #work(now: number): RtmpEvent[] {
    const events: RtmpEvent[] = [];
    let index = 0;
    while (index < this.#queue.length && this.#state !== 'asking' && this.#state !== 'over') {
      this.#message(this.#queue[index++]!, now, events);
    }
    this.#queue = index === this.#queue.length ? [] : this.#queue.slice(index);
    return events;
  }

  #message(message: Message, now: number, events: RtmpEvent[]): void {
    switch (message.type) {
      case messageType.audio:
      case messageType.video:
        this.#tag(message.type, message, now, events);
        return;
      case messageType.data:
        this.#tag(tagType.script, message, now, events);
        return;
      case messageType.dataAmf3:
        this.#tag(tagType.script, { ...message, body: message.body.subarray(message.body[0] === 0 ? 1 : 0) }, now, events);
        return;
      case messageType.command:
        this.#command(decodeAmf0(message.body, this.#options.amf), events);
        return;
      case messageType.commandAmf3:
        this.#command(decodeAmf3Command(message.body, this.#options.amf), events);
        return;
      case messageType.aggregate:
        for (const part of splitAggregate(message)) {
          if (part.type !== messageType.aggregate) this.#message(part, now, events);
        }
        return;
      case messageType.userControl:
        this.#control(message.body);
        return;
      case messageType.windowSize:
        if (message.body.length >= 4) this.#acknowledger.window(message.body);
        return;
      default: // acknowledgements, peer bandwidth, shared objects and what is unknown ask for nothing
    }
  }

  #tag(type: 8 | 9 | 18, message: Message, now: number, events: RtmpEvent[]): void {
    if (this.#state !== 'publishing') return;
    if (type !== tagType.script) this.#media = now;
    for (const event of this.#decoder.decode(type, message.timestamp, message.body)) events.push(event);
  }

  #control(body: Uint8Array): void {
    if (body.length < 6 || body[0] !== 0 || body[1] !== controlEvent.ping) return;
    const view = new DataView(body.buffer, body.byteOffset);
    this.#out.push(control(messageType.userControl, userControl(controlEvent.pong, view.getUint32(2))));
  }

  #command(values: AmfValue[], events: RtmpEvent[]): void {
    const { replies, event } = this.#commands.run(values, this.#state);
    this.#out.push(...replies);
    if (event) this.#obey(event, events);
  }

  #obey(event: CommandEvent, events: RtmpEvent[]): void {
    if (event.type === 'publish' || event.type === 'play') {
      this.#asked = event.type;
      this.#state = 'asking';
    } else if (event.type === 'unpublish' || event.type === 'stop') {
      this.#over();
    }
    events.push(event);
  }

  #say(bytes: Uint8Array | undefined): void {
    if (bytes) this.#out.push(bytes);
  }

  #over(): void {
    this.#state = 'over';
    this.#queue = [];
  }

  #fail(error: unknown): RtmpEvent {
    if (!(error instanceof ProtocolError)) throw error;
    if (this.#state === 'publishing') this.#out.push(status('error', 'NetStream.Publish.Failed', inWords(error)));
    this.#over();
    return { type: 'close', error };
  }
}
